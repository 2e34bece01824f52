import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';

/** The numbers of the homes whose deadline on a date has passed without a proof or an outcome. */
export async function findUnseen(
  db: Db | Tx,
  communityId: string,
  date: string,
  now: Temporal.Instant,
): Promise<string[]> {
  const { rows } = await sql<{ code: string }>`
    select h.code from pact_day d join household h on h.id = d.household_id
    where d.community_id = ${communityId} and d.on_date = ${date} and not h.is_canary and d.deadline_at <= ${toDate(now)}
      and (d.closed_as is null or d.closed_as = 'unresolved')
    order by h.code`.execute(db);
  return rows.map(({ code }) => code);
}
