import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { BATTERY_CHANGED_PERCENT, BATTERY_LOW_PERCENT, TICKET_DUE_DAYS } from '#pact/sensor-health.ts';
import { announceAll } from '../change-feed.ts';
import type { Db } from '../database.ts';
import { firstStewardOf } from '../duty/first-steward.ts';
import { toDate } from '../instant.ts';
import { askToLookIn, closeLookIns } from './look-in.ts';

/**
 * Opens a ticket for every fault of a paired sensor that has none open: silent beyond its allowance, battery
 * low, tampered with, clock wrong. Closes those that mended themselves: heard again, a better battery, a clock
 * that is right again. What somebody must look at stays until somebody has: tampering, a visit asked for. A
 * sensor that leaves its home takes its faults along; where a home is left without a sensor that speaks, somebody is
 * asked to look in on the elder. Doing it twice changes nothing.
 * @returns how many tickets were opened and closed
 */
export async function watchSensors(
  db: Db,
  now: Temporal.Instant,
): Promise<{ opened: number; closed: number }> {
  return db.transaction().execute(async (tx) => {
    const at = toDate(now);
    const opened = await sql<{ householdId: string; communityId: string }>`
      with paired as (
        select s.id, s.household_id, s.silence_minutes, s.enrolled_at, st.last_seen_at, st.battery, st.tampered_at, st.clock_wrong_at, h.community_id, c.time_zone
        from sensor s join sensor_state st on st.sensor_id = s.id
        join household h on h.id = s.household_id join community c on c.id = h.community_id
        where s.retired_at is null and h.removed_at is null
          -- Without any of what may be a fault, which is nearly every sensor: looked at no closer, for this comes often.
          and (coalesce(st.last_seen_at, s.enrolled_at) < ${at}::timestamptz - s.silence_minutes * interval '1 minute'
            or st.battery <= ${BATTERY_LOW_PERCENT} or st.tampered_at is not null or st.clock_wrong_at is not null)
      ), added as (
        insert into ticket (id, sensor_id, household_id, kind, opened_at, due_on, owner_id)
        select gen_random_uuid(), p.id, p.household_id, fault.kind, ${at}::timestamptz,
          (${at}::timestamptz at time zone p.time_zone)::date + fault.days, ${firstStewardOf(sql`p.household_id`)}
        from paired p cross join lateral (values
          ('silent', ${TICKET_DUE_DAYS.silent}::int,
            coalesce(p.last_seen_at, p.enrolled_at) < ${at}::timestamptz - p.silence_minutes * interval '1 minute'),
          ('battery_low', ${TICKET_DUE_DAYS.battery_low}::int, p.battery <= ${BATTERY_LOW_PERCENT}),
          ('tamper', ${TICKET_DUE_DAYS.tamper}::int, p.tampered_at > ${lastClosed('tamper')}),
          ('clock_wrong', ${TICKET_DUE_DAYS.clock_wrong}::int, p.clock_wrong_at > ${lastClosed('clock_wrong')})
        ) as fault (kind, days, is_so)
        where fault.is_so
          and not exists (select 1 from ticket t where t.sensor_id = p.id and t.kind = fault.kind and t.closed_at is null)
        on conflict (sensor_id, kind) where closed_at is null do nothing
        returning household_id
      )
      select a.household_id as "householdId", h.community_id as "communityId"
      from added a join household h on h.id = a.household_id`.execute(tx);
    const closed = await sql<{ householdId: string; communityId: string }>`
      update ticket t set closed_at = ${at}
      from sensor s join sensor_state st on st.sensor_id = s.id, household h
      where h.id = t.household_id and t.sensor_id = s.id and t.closed_at is null and (
        (t.kind = 'silent' and st.last_seen_at >= ${at}::timestamptz - s.silence_minutes * interval '1 minute')
        or (t.kind = 'battery_low' and st.battery >= ${BATTERY_CHANGED_PERCENT})
        or (t.kind = 'clock_wrong' and st.clock_wrong_at is null)
        or s.household_id is distinct from t.household_id or s.retired_at is not null)
      returning h.id as "householdId", h.community_id as "communityId"`.execute(tx);
    await announceAll(tx, [...opened.rows, ...closed.rows]);
    const ended = await closeLookIns(tx, now);
    const asked = await askToLookIn(tx, now);
    return { opened: opened.rows.length + asked, closed: closed.rows.length + ended };
  });
}

/** When such a ticket of sensor `p` was last closed: what happened before is seen to. */
const lastClosed = (kind: 'tamper' | 'clock_wrong') => sql`coalesce(
  (select max(closed_at) from ticket t where t.sensor_id = p.id and t.kind = ${kind}), '-infinity')`;
