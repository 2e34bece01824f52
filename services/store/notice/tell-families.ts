import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Channel } from '#pact/ladder.ts';
import type { AlertChange } from '../alert/change-alert.ts';
import type { Tx } from '../database.ts';
import { isOptedOut } from '../enrolment/opted-out.ts';
import { toDate } from '../instant.ts';
import { findChannels, usableChannels } from '../message/channels.ts';
import { planMessages, URGENCY } from '../message/plan-message.ts';
import { localTime } from './local-time.ts';

type Relative = {
  alertId: string;
  personId: string;
  phone: string;
  channels: Channel[];
  robotId: string | null;
};

/**
 * Tells families who asked for daily news that somebody has been there, and no more than that. Who was paged
 * for the alert hears of it by the stand-down, and who reported it knows.
 */
export async function tellFamilies(
  tx: Tx,
  changes: readonly AlertChange[],
  now: Temporal.Instant,
): Promise<void> {
  const visited = new Map(
    changes.flatMap((change) => (outcomeOf(change) ? [[change.before.householdId, change] as const] : [])),
  );
  if (visited.size === 0) return;
  const byAlert = new Map([...visited.values()].map((change) => [change.before.id, change]));
  const { rows } = await sql<Relative>`
    select distinct on (a.id, p.id) a.id as "alertId", p.id as "personId", p.phone, p.channels, p.robot_id as "robotId"
    from alert a join assignment m on m.household_id = a.household_id and m.role = 'family'
    join person p on p.id = m.person_id
    join community c on c.id = a.community_id
    where a.id = any (${[...byAlert.keys()]}::uuid[]) and p.removed_at is null and p.daily_at is not null
      and not ${isOptedOut({
        household: sql`m.household_id`,
        role: sql`m.role`,
        on: sql`(${toDate(now)}::timestamptz at time zone c.time_zone)::date`,
      })}
      and not exists (select from message s where s.alert_id = a.id and s.person_id = p.id and s.kind = 'page')
    order by a.id, p.id`.execute(tx);
  if (rows.length === 0) return;
  const available = await findChannels(tx);
  await planMessages(
    tx,
    rows.flatMap(({ alertId, personId, phone, channels, robotId }) => {
      const change = byAlert.get(alertId);
      const outcome = change && outcomeOf(change);
      if (!outcome || outcome.by === personId) return [];
      const { home, communityId } = change.before;
      const at = localTime(now, home.timeZone);
      const safe = outcome.outcome === 'safe';
      const notice = { kind: 'visit_news' as const, salutation: home.salutation, at, safe };
      return [
        {
          communityId,
          kind: 'notice' as const,
          personId,
          phone,
          robotId,
          channel: usableChannels(channels, available, robotId !== null)[0] ?? ('sms' as const),
          language: home.language,
          content: { kind: 'notice' as const, notice },
          urgency: URGENCY.notice,
        },
      ];
    }),
    now,
  );
}

const outcomeOf = ({ facts }: AlertChange) =>
  facts.findLast(({ kind }) => kind === 'outcome_recorded' || kind === 'outcome_corrected') as
    | { kind: 'outcome_recorded'; outcome: string; by: string | undefined }
    | undefined;
