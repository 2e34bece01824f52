import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';

export type Telling = { communityId: string; kind: string; date: string; detail?: Record<string, unknown> };

/**
 * Tells something that is told once to a community for a date: the row that prevents a second telling and the
 * messages are one commit, whoever else is at it.
 * @returns how many messages `tell` planned; none where it was told before
 */
export async function tellOnce(
  db: Db,
  { communityId, kind, date, detail = {} }: Telling,
  now: Temporal.Instant,
  tell: (tx: Tx) => Promise<number>,
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql`
      insert into notice_run (community_id, kind, on_date, at, detail)
      values (${communityId}, ${kind}, ${date}, ${toDate(now)}, ${JSON.stringify(detail)})
      on conflict do nothing returning kind`.execute(tx);
    return rows.length > 0 ? tell(tx) : 0;
  });
}
