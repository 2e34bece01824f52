import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { localDateAt } from '#pact/time-zone.ts';
import { announce } from '../change-feed.ts';
import type { Tx } from '../database.ts';
import { firstStewardOf } from '../duty/first-steward.ts';
import { toDate } from '../instant.ts';

/** Opens a ticket for each sensor of a home, due tomorrow; one that is open already is left alone. */
export async function askForSensorVisit(tx: Tx, householdId: string, now: Temporal.Instant): Promise<void> {
  const { rows } = await sql<{ communityId: string; timeZone: string; sensorId: string | null }>`
    select c.id as "communityId", c.time_zone as "timeZone", s.id as "sensorId"
    from household h join community c on c.id = h.community_id
    left join sensor s on s.household_id = h.id and s.retired_at is null
    where h.id = ${householdId} order by s.id`.execute(tx);
  for (const { communityId, timeZone, sensorId } of rows) {
    const dueOn = localDateAt(now, timeZone).add({ days: 1 }).toString();
    // A home without a sensor may ask for one: no unique key covers that, so the row is looked for.
    await sql`
      insert into ticket (id, sensor_id, household_id, kind, opened_at, due_on, owner_id)
      select ${randomUUID()}::uuid, ${sensorId}::text, ${householdId}::uuid, 'visit_asked', ${toDate(now)}::timestamptz,
        ${dueOn}::date, ${firstStewardOf(sql`${householdId}::uuid`)}
      where not exists (
        select from ticket where household_id = ${householdId} and kind = 'visit_asked' and closed_at is null
          and sensor_id is not distinct from ${sensorId}::text
      )
      on conflict (sensor_id, kind) where closed_at is null do nothing`.execute(tx);
    await announce(tx, { communityId, householdIds: [householdId] });
  }
}
