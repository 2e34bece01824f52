import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { recordAudit } from '../audit/record-audit.ts';
import { announceAll } from '../change-feed.ts';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';

/**
 * Takes the sensors from homes whose pact is over because they took their consent back: what the device still says then
 * is of nobody, until somebody has fetched it. @returns how many sensors
 */
export async function unpairWithdrawn(db: Db, now: Temporal.Instant): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string; householdId: string; communityId: string }>`
      select s.id, h.id as "householdId", h.community_id as "communityId"
      from sensor s join household h on h.id = s.household_id join community c on c.id = h.community_id
      join pact p on p.household_id = h.id
      where s.retired_at is null and p.until_on < (${toDate(now)}::timestamptz at time zone c.time_zone)::date
        and exists (select from consent w where w.household_id = h.id and w.purpose = 'pact' and w.withdrawn_on is not null)
        and not exists (select from consent w where w.household_id = h.id and w.purpose = 'pact' and w.withdrawn_on is null)
      order by s.id for update of s`.execute(tx);
    if (rows.length === 0) return 0;
    const ids = rows.map(({ id }) => id);
    for (const { id } of rows) {
      const entry = {
        actor: { kind: 'system' },
        action: 'sensor.unpair',
        subjectKind: 'sensor',
        subjectId: id,
      };
      await recordAudit(tx, entry, now);
    }
    await sql`update sensor_state set household_id = null where sensor_id = any (${ids}::text[])`.execute(tx);
    await sql`update sensor set household_id = null where id = any (${ids}::text[])`.execute(tx);
    await announceAll(tx, rows);
    return rows.length;
  });
}
