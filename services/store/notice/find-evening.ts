import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { instantOf } from '#pact/schedule.ts';
import { BATTERY_LOW_PERCENT } from '#pact/sensor-health.ts';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';
import type { DueCommunity } from './find-due-communities.ts';

/** A home that somebody should see to before tomorrow, and why. */
export type EveningHome = {
  householdId: string;
  code: string;
  /** The steward who is paged first for it. */
  stewardIds: string[];
  /** Somebody was asked to look in, and has not. */
  isUnseen: boolean;
  isOpen: boolean;
  isSilent: boolean;
  isBatteryLow: boolean;
  returnsTomorrow: boolean;
  /** Work on its sensors is due that is told by nothing else here. */
  isWorkDue: boolean;
};

/** The homes of a community that have something to be seen to, by their numbers; a pact that ends today has no tomorrow. */
export async function findEvening(
  db: Db,
  { communityId, timeZone, date }: DueCommunity,
  now: Temporal.Instant,
): Promise<EveningHome[]> {
  const noon = toDate(instantOf(date, '12:00', timeZone));
  const { rows } = await sql<EveningHome>`
    select * from (
      select h.id as "householdId", h.code,
        array(select a.person_id from assignment a join person p on p.id = a.person_id
          where a.household_id = h.id and a.role = 'primary' and p.removed_at is null) as "stewardIds",
        not h.ended and coalesce(bool_or(t.curtain = 'open' and t.last_seen_at >= ${toDate(now)}::timestamptz - s.silence_minutes * interval '1 minute'),
          false) as "isOpen",
        not h.ended and coalesce(bool_and(coalesce(t.last_seen_at, s.enrolled_at) < ${noon}), false) as "isSilent",
        not h.ended and coalesce(bool_or(t.battery <= ${BATTERY_LOW_PERCENT}), false) as "isBatteryLow",
        exists (select from leave l where l.household_id = h.id and l.cancelled_at is null
          and l.until_on = ${date.add({ days: 1 }).toString()}) as "returnsTomorrow",
        exists (select from ticket k where k.household_id = h.id and k.kind = 'look_in' and k.closed_at is null) as "isUnseen",
        exists (select from ticket k where k.household_id = h.id and k.kind in ('tamper', 'clock_wrong', 'visit_asked')
          and k.closed_at is null and k.due_on <= ${date.toString()}) as "isWorkDue"
      from (
        select *, exists (select from pact p where p.household_id = home.id and p.until_on <= ${date.toString()}) as ended
        from household home
      ) h
      left join sensor s on s.household_id = h.id and s.retired_at is null
      left join sensor_state t on t.sensor_id = s.id
      where h.community_id = ${communityId} and h.removed_at is null and not h.is_canary
      group by h.id, h.code, h.ended
    ) home
    where "isUnseen" or "isWorkDue" or "isOpen" or "isSilent" or "isBatteryLow" or "returnsTomorrow" order by code`.execute(
    db,
  );
  return rows;
}
