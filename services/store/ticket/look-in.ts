import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { asksToLookIn } from '#pact/look-in.ts';
import type { LedgerColumn, Verdict } from '#pact/pact-day.ts';
import { instantOf } from '#pact/schedule.ts';
import { TICKET_DUE_DAYS } from '#pact/sensor-health.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { announceAll } from '../change-feed.ts';
import type { Tx } from '../database.ts';
import { firstStewardOf } from '../duty/first-steward.ts';
import { toDate, toInstant, toInstantOrUndefined } from '../instant.ts';

/** Over `household h` and its `community c`. */
const leaveToday = (
  at: Date,
) => sql`select from leave l where l.household_id = h.id and l.cancelled_at is null
  and (${at}::timestamptz at time zone c.time_zone)::date between l.from_on and l.until_on`;

type Row = {
  householdId: string;
  communityId: string;
  timeZone: string;
  verdict: Verdict | null;
  closedAs: LedgerColumn | null;
  reason: string | null;
  blindSince: Date;
  seenAt: Date | null;
  resumedAt: Date | null;
};

/**
 * Asks that somebody looks in today on the elder of every home whose sensors have all failed, where nothing else
 * brings anybody there. Doing it twice changes nothing. @returns how many were asked for
 */
export async function askToLookIn(tx: Tx, now: Temporal.Instant): Promise<number> {
  const at = toDate(now);
  const { rows } = await sql<Row>`
    with blind as (
      select s.household_id, max(coalesce(t.last_seen_at, s.enrolled_at) + s.silence_minutes * interval '1 minute') as since
      from sensor s join sensor_state t on t.sensor_id = s.id
      where s.retired_at is null and s.household_id is not null group by s.household_id
      having max(coalesce(t.last_seen_at, s.enrolled_at) + s.silence_minutes * interval '1 minute') < ${at}
    )
    select h.id as "householdId", h.community_id as "communityId", c.time_zone as "timeZone",
      d.verdict, d.closed_as as "closedAs", d.reason, b.since as "blindSince", greatest(
        (select max(e.at) from event e where e.household_id = h.id and e.opening and e.type in ('seen', 'called')
          and e.at > b.since - interval '2 days'),
        (select max(v.visited_at) from visit v where v.household_id = h.id),
        (select max(k.at) from care_contact k
          where k.household_id = h.id and k.way = 'visit' and k.undone_at is null)) as "seenAt",
      (select max(resumed_at) from watermark) as "resumedAt"
    from blind b join household h on h.id = b.household_id and h.removed_at is null and not h.is_canary
    join community c on c.id = h.community_id
    join pact_day d on d.household_id = h.id and d.on_date = (${at}::timestamptz at time zone c.time_zone)::date
    where not exists (select from ticket o where o.household_id = h.id and o.kind = 'look_in' and o.closed_at is null)
      and not exists (${leaveToday(at)})`.execute(tx);
  const asked = rows.filter((row) => {
    const { verdict, closedAs, reason, timeZone } = row;
    const home = {
      day: verdict ? { verdict, closedAs: closedAs ?? undefined, reason: reason ?? undefined } : undefined,
      blindSince: toInstant(row.blindSince),
      seenAt: toInstantOrUndefined(row.seenAt),
      dayBeganAt: instantOf(localDateAt(now, timeZone), '00:00', timeZone),
      resumedAt: toInstantOrUndefined(row.resumedAt),
    };
    return asksToLookIn(home, now);
  });
  if (asked.length === 0) return 0;
  await sql`
    insert into ticket (id, household_id, kind, opened_at, due_on, owner_id)
    select gen_random_uuid(), h.id, 'look_in', ${at}::timestamptz,
      (${at}::timestamptz at time zone c.time_zone)::date + ${TICKET_DUE_DAYS.look_in}::int, ${firstStewardOf(sql`h.id`)}
    from household h join community c on c.id = h.community_id
    where h.id = any (${asked.map(({ householdId }) => householdId)}::uuid[])
    on conflict (household_id) where kind = 'look_in' and closed_at is null do nothing`.execute(tx);
  await announceAll(tx, asked);
  return asked.length;
}

/**
 * Ends what was asked for where somebody has seen the elder since the sensor was last heard, on the day it was asked
 * for or later; where a sensor speaks again, and its promise holds again; where the elder is away, or the home has left
 * the register. @param householdId only this home @returns how many have ended
 */
export async function closeLookIns(tx: Tx, now: Temporal.Instant, householdId?: string): Promise<number> {
  const at = toDate(now);
  const { rows } = await sql<{ householdId: string; communityId: string }>`
    update ticket t set closed_at = ${at}
    from household h join community c on c.id = h.community_id
    where t.kind = 'look_in' and t.closed_at is null and h.id = t.household_id
      and ${householdId ? sql`h.id = ${householdId}` : sql`true`} and (
      h.removed_at is not null
      or exists (select from sensor s join sensor_state x on x.sensor_id = s.id
        where s.household_id = h.id and s.retired_at is null
          and x.last_seen_at >= ${at}::timestamptz - s.silence_minutes * interval '1 minute')
      or exists (${leaveToday(at)})
      or exists (select from (
          select e.at from event e where e.household_id = h.id and e.opening and e.type in ('seen', 'called')
          union all select v.visited_at from visit v where v.household_id = h.id
          union all select k.at from care_contact k
            where k.household_id = h.id and k.way = 'visit' and k.undone_at is null
        ) seen where seen.at >= t.due_on::timestamp at time zone c.time_zone and seen.at >= coalesce(
          (select max(x.last_seen_at) from sensor s join sensor_state x on x.sensor_id = s.id
            where s.household_id = h.id and s.retired_at is null), '-infinity')))
    returning h.id as "householdId", h.community_id as "communityId"`.execute(tx);
  await announceAll(tx, rows);
  return rows.length;
}
