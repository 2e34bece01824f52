import { Temporal } from 'temporal-polyfill';
import {
  type Alert,
  type AlertCommand,
  type AlertFact,
  type Decision,
  evolve,
  type PageOrder,
  type Refusal,
  type Roster,
} from './alert.ts';
import { LADDER_ROLES, type Ladder, type LadderRole, minutesToNextStep, stepAt } from './ladder.ts';

const NOTHING: Decision = { facts: [] };
const refuse = (refused: Refusal): Decision => ({ facts: [], refused });

/**
 * The facts that a command makes of an alert at `now`. Asking twice is harmless: the second answer is empty or a refusal.
 * @param onDuty who serves now
 * @param everybody whom an emergency calls, on duty or not
 */
export function decide(
  alert: Alert,
  command: AlertCommand,
  now: Temporal.Instant,
  onDuty: Roster,
  everybody: Roster = onDuty,
): Decision {
  if (command.kind === 'note') return { facts: [{ kind: 'noted', note: command.note }] };
  if (alert.status === 'closed') return decideClosed(alert, command, now, onDuty);
  const roster = alert.emergencyAt ? everybody : onDuty;

  switch (command.kind) {
    case 'advance':
      return advance(alert, now, roster);
    case 'acknowledge':
      return acknowledge(alert, command.by, now);
    case 'arrive':
      return arrive(alert, command.by, now);
    case 'reassign':
      return reassign(alert, command.to, now, [roster, everybody]);
    case 'pass':
      return pass(alert, command.by, now, roster);
    case 'emergency':
      return callEmergency(alert, command.by, now, everybody);
    case 'record_outcome': {
      const { outcome, by, note } = command;
      return {
        facts: [
          { kind: 'outcome_recorded', outcome, by, ...noted(note) },
          { kind: 'closed', because: 'outcome', except: by },
        ],
      };
    }
    case 'signal':
      return seeSignal(alert, command.at, command.closes);
    case 'talk': {
      const { by, seconds, call } = command;
      return { facts: [{ kind: 'talked', by, seconds, call }] };
    }
    case 'correct_outcome':
    case 'reopen':
      return refuse('not_closed');
    case 'end_canary':
      return {
        facts: [
          { kind: 'canary_ended', end: command.end },
          { kind: 'closed', because: 'canary', except: undefined },
        ],
      };
    default:
      return command satisfies never;
  }
}

/**
 * A closed alert learns that the signal which closed it had an earlier one before it, of which nobody is told
 * again; and that its outcome was a wrong one.
 */
function decideClosed(alert: Alert, command: AlertCommand, now: Temporal.Instant, roster: Roster): Decision {
  const isByOutcome = alert.closedBy === 'outcome';
  switch (command.kind) {
    case 'advance':
      return NOTHING;
    case 'signal': {
      const isEarlier = alert.signalAt && Temporal.Instant.compare(command.at, alert.signalAt) < 0;
      if (alert.closedBy === 'signal' && isEarlier)
        return { facts: [{ kind: 'signal_seen', at: command.at }] };
      return refuse('closed');
    }
    case 'correct_outcome': {
      const { outcome, by, note } = command;
      if (outcome === alert.outcome) return NOTHING;
      return isByOutcome
        ? { facts: [{ kind: 'outcome_corrected', outcome, by, ...noted(note) }] }
        : refuse('closed');
    }
    case 'reopen': {
      if (!isByOutcome) return refuse('closed');
      const reopened: AlertFact = { kind: 'reopened', by: command.by, ...noted(command.note) };
      return { facts: [reopened, ...reachNextStep(evolve(alert, reopened, now), now, roster)] };
    }
    default:
      return refuse('closed');
  }
}

const noted = (note: string | undefined) => (note ? { note } : {});

function advance(alert: Alert, now: Temporal.Instant, roster: Roster): Decision {
  if (!alert.nextStepAt || Temporal.Instant.compare(now, alert.nextStepAt) < 0) return NOTHING;
  const { acknowledgement } = alert;
  const expired: AlertFact[] = acknowledgement
    ? [{ kind: 'acknowledgement_expired', by: acknowledgement.by }]
    : [];
  return { facts: [...expired, ...reachNextStep(alert, now, roster)] };
}

/**
 * Reaches one step that pages somebody; steps that mean nobody today are passed over at once. Where none of
 * them means anybody, the office is paged, named in the ladder or not: an alert is never nobody's.
 */
function reachNextStep(alert: Alert, now: Temporal.Instant, roster: Roster): AlertFact[] {
  const { ladder, ladderFrom } = alert;
  const facts: AlertFact[] = [];
  for (let step = alert.nextStep; ; step += 1) {
    const index = step - ladderFrom;
    const isLast = index >= ladder.steps.length - 1;
    const named = pagesOf(ladder, index, roster);
    const pages = named.length > 0 || !isLast ? named : callEvery(['office'], roster);
    const minutes = pages.length > 0 || isLast ? minutesToNextStep(ladder, index) : 0;
    facts.push({ kind: 'step_reached', step, pages, emergency: false, nextStepAt: now.add({ minutes }) });
    if (pages.length > 0 || isLast) return facts;
  }
}

function pagesOf(ladder: Ladder, index: number, roster: Roster): PageOrder[] {
  const orders = (stepAt(ladder, index)?.to ?? []).flatMap(({ role, channel }) =>
    roster[role].map((personId) => ({ personId, channel, role })),
  );
  return withoutRepeats(orders);
}

const callEvery = (roles: readonly LadderRole[], roster: Roster): PageOrder[] =>
  withoutRepeats(
    roles.flatMap((role) => roster[role].map((personId) => ({ personId, channel: 'sms' as const, role }))),
  );

/** One person is paged once at a step, however many roles they have in it. */
function withoutRepeats(orders: readonly PageOrder[]): PageOrder[] {
  const byPerson = new Map<string, PageOrder>();
  for (const order of orders) {
    const key = `${order.personId}/${order.channel}`;
    if (!byPerson.has(key)) byPerson.set(key, order);
  }
  return [...byPerson.values()];
}

/** The first claim wins; a second one is told so and changes nothing. */
function acknowledge(alert: Alert, by: string, now: Temporal.Instant): Decision {
  if (alert.acknowledgement?.by === by) return NOTHING;
  if (alert.acknowledgement) return refuse('already_acknowledged');
  const expiresAt = now.add({ minutes: alert.ladder.acknowledgementMinutes });
  return { facts: [{ kind: 'acknowledged', by, expiresAt }] };
}

/** Whoever is at the door is the one to report, whoever had set out. */
function arrive(alert: Alert, by: string, now: Temporal.Instant): Decision {
  const { acknowledgement } = alert;
  if (acknowledgement?.arrivedAt) return acknowledgement.by === by ? NOTHING : refuse('already_acknowledged');
  const expiresAt = now.add({ minutes: alert.ladder.acknowledgementMinutes });
  const relieves = acknowledgement && acknowledgement.by !== by ? { relieves: acknowledgement.by } : {};
  return { facts: [{ kind: 'arrived', by, expiresAt, ...relieves }] };
}

/** Pages the one who was chosen, so that they have the address and can answer; their promise expires like any other. */
function reassign(alert: Alert, to: string, now: Temporal.Instant, rosters: readonly Roster[]): Decision {
  const { acknowledgement } = alert;
  if (acknowledgement?.by === to) return NOTHING;
  if (acknowledgement?.arrivedAt) return refuse('already_acknowledged');
  const role = rosters.flatMap((roster) => LADDER_ROLES.filter((name) => roster[name].includes(to)))[0];
  if (!role) return refuse('not_on_ladder');
  const expiresAt = now.add({ minutes: alert.ladder.acknowledgementMinutes });
  const pages = [{ personId: to, channel: 'sms' as const, role }];
  const emergency = alert.emergencyAt !== undefined;
  return {
    facts: [
      { kind: 'step_reached', step: alert.nextStep, pages, emergency, nextStepAt: expiresAt },
      { kind: 'reassigned', by: to, expiresAt, ...(acknowledgement ? { relieves: acknowledgement.by } : {}) },
    ],
  };
}

/**
 * Asks those who have not said so yet, unless they have been asked already: by a step since, or by an emergency,
 * which calls everybody. Said again it changes nothing, until that person is paged again.
 */
function pass(alert: Alert, by: string, now: Temporal.Instant, roster: Roster): Decision {
  if (alert.passed.includes(by)) return NOTHING;
  const passed: AlertFact = { kind: 'passed', by };
  const goes = alert.acknowledgement?.by;
  const othersAsked = alert.emergencyAt !== undefined || askedEarlier(alert, by, roster);
  if (goes === undefined ? othersAsked : goes !== by) return { facts: [passed] };
  return { facts: [passed, ...reachNextStep(alert, now, without(roster, [...alert.passed, by]))] };
}

/** Whether the ladder has gone on since it meant this person. */
function askedEarlier({ ladder, ladderFrom, nextStep }: Alert, by: string, roster: Roster): boolean {
  const asks = (index: number) => pagesOf(ladder, index, roster).some(({ personId }) => personId === by);
  const latest = nextStep - 1 - ladderFrom;
  return !asks(latest) && Array.from({ length: Math.max(0, latest) }, (_, index) => index).some(asks);
}

function without(roster: Roster, gone: readonly string[]): Roster {
  const stay = (role: LadderRole) => roster[role].filter((id) => !gone.includes(id));
  return {
    primary: stay('primary'),
    backup: stay('backup'),
    neighbour: stay('neighbour'),
    office: stay('office'),
    family: stay('family'),
  };
}

/** Everybody on the ladder, the office and the family at once; who called is taken to be at the door. */
function callEmergency(
  alert: Alert,
  by: string | undefined,
  now: Temporal.Instant,
  roster: Roster,
): Decision {
  if (alert.emergencyAt) return refuse('already_emergency');
  const pages = callEvery(LADDER_ROLES, roster).filter(({ personId }) => personId !== by);
  const nextStepAt = now.add({ minutes: alert.ladder.acknowledgementMinutes });
  return {
    facts: [
      { kind: 'emergency_called', by },
      { kind: 'step_reached', step: alert.nextStep, pages, emergency: true, nextStepAt },
    ],
  };
}

function seeSignal(alert: Alert, at: Temporal.Instant, closes: boolean): Decision {
  const seen: AlertFact = { kind: 'signal_seen', at };
  if (closes) return { facts: [seen, { kind: 'closed', because: 'signal', except: undefined }] };
  return alert.signalAt ? NOTHING : { facts: [seen] };
}
