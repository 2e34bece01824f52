import type { Temporal } from 'temporal-polyfill';
import type { AlertCommand } from '#pact/alert.ts';
import type { ReplyAction } from '#pact/reply.ts';
import type { AnswerInput } from '#pact/text/sms.ts';
import { changeAlert } from '#store/alert/change-alert.ts';
import type { PagedAlert } from '#store/alert/find-alerts.ts';
import type { Tx } from '#store/database.ts';
import { askForSensorVisit } from '#store/message/ask-for-sensor-visit.ts';
import { findWhoGoes } from '#store/message/find-sender.ts';

/** Does what a reply asks for, and says truthfully what came of it. */
export async function actOnReply(
  tx: Tx,
  { alertId, householdId, personId, code }: Pick<PagedAlert, 'alertId' | 'householdId' | 'personId' | 'code'>,
  action: ReplyAction,
  emergencyNumber: string,
  now: Temporal.Instant,
): Promise<AnswerInput> {
  if (action === 'sensor') {
    await askForSensorVisit(tx, householdId, now);
    return { kind: 'sensor_ticket', code };
  }
  const { refused, facts } = await changeAlert(tx, alertId, commandOf(action, personId), now);
  switch (refused) {
    case 'closed':
      return { kind: 'closed', code, emergencyNumber };
    case 'already_acknowledged': {
      const by = await findWhoGoes(tx, alertId);
      return { kind: 'already_taken', code, ...(by ? { by } : {}) };
    }
    case 'already_emergency':
    case 'not_closed':
    case 'not_on_ladder':
    case undefined:
      break;
    default:
      return refused satisfies never;
  }
  switch (action) {
    case 'acknowledge': {
      const acknowledged = facts.find((fact) => fact.kind === 'acknowledged');
      const minutes = acknowledged && Math.round(now.until(acknowledged.expiresAt).total('minutes'));
      return { kind: 'acknowledged', code, ...(minutes ? { minutes } : {}) };
    }
    case 'arrive': {
      const arrived = facts.find((fact) => fact.kind === 'arrived');
      const minutes = arrived
        ? Math.round(now.until(arrived.expiresAt).total('minutes'))
        : MINUTES_AT_THE_DOOR;
      return { kind: 'arrived', code, minutes, emergencyNumber };
    }
    case 'safe':
      return { kind: 'outcome_recorded', code };
    case 'emergency':
      return { kind: 'emergency_called', code, emergencyNumber };
    case 'cannot_go':
      return { kind: 'passed', code };
    default:
      return action satisfies never;
  }
}

/** Said to somebody who says twice that they have arrived. */
const MINUTES_AT_THE_DOOR = 15;

function commandOf(action: Exclude<ReplyAction, 'sensor'>, by: string): AlertCommand {
  switch (action) {
    case 'acknowledge':
      return { kind: 'acknowledge', by };
    case 'arrive':
      return { kind: 'arrive', by };
    case 'safe':
      return { kind: 'record_outcome', outcome: 'safe', by };
    case 'emergency':
      return { kind: 'emergency', by };
    case 'cannot_go':
      return { kind: 'pass', by };
    default:
      return action satisfies never;
  }
}
