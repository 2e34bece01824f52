import { sql } from 'kysely';
import type pg from 'pg';
import type { Temporal } from 'temporal-polyfill';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';

/**
 * Says that a broker lives.
 * @returns whether it was not known: new, or taken for dead
 */
export async function stampBroker(
  pool: Pick<pg.Pool, 'query'>,
  brokerId: string,
  now: Temporal.Instant,
): Promise<boolean> {
  const { rows } = await pool.query<{ isNew: boolean }>({
    name: 'pact-stamp-broker',
    text: `insert into broker (id, seen_at) values ($1, $2)
      on conflict (id) do update set seen_at = excluded.seen_at returning xmax = 0 as "isNew"`,
    values: [brokerId, toDate(now)],
  });
  return rows[0]?.isNew === true;
}

/** Clock milliseconds of a broker's silence: when evidence may be stuck in it, and when it counts as gone. */
export type BrokerSilence = { stuckMs: number; goneMs: number };

/** Brokers that say nothing and are not given up yet: what their sensors have told them may still come. */
export async function findSilentBrokers(
  db: Db,
  now: Temporal.Instant,
  { stuckMs, goneMs }: BrokerSilence,
): Promise<string[]> {
  const rows = await db
    .selectFrom('broker')
    .select('id')
    .where('seen_at', '<', toDate(now.subtract({ milliseconds: stuckMs })))
    .where('seen_at', '>=', toDate(now.subtract({ milliseconds: goneMs })))
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * Forgets brokers that have not been heard of for `afterMs` of the clock, and says of the sensors that were
 * connected to them that they are offline. One that lives all the same puts that right at its next stamp.
 */
export async function forgetBrokers(db: Db, now: Temporal.Instant, afterMs: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // One stamped far in the future died before the clock was set back.
    const { rows } = await sql<{ id: string }>`
      delete from broker where seen_at not between ${toDate(now.subtract({ milliseconds: afterMs }))}
        and ${toDate(now.add({ milliseconds: afterMs }))}
      returning id`.execute(tx);
    if (rows.length === 0) return;
    await sql`
      update sensor_state set online = false
      where online and split_part(connection, '/', 1) = any (${rows.map(({ id }) => id)})`.execute(tx);
  });
}
