import type { Temporal } from 'temporal-polyfill';
import type { Db } from '../database.ts';
import { toDate, toInstantOrUndefined } from '../instant.ts';

/** The next deadline of a day that still awaits its signal, from an instant on. */
export async function findNextDeadline(
  db: Db,
  from: Temporal.Instant,
): Promise<Temporal.Instant | undefined> {
  const row = await db
    .selectFrom('pact_day')
    .select('deadline_at')
    .where('verdict', '=', 'awaiting')
    .where('deadline_at', '>=', toDate(from))
    .orderBy('deadline_at')
    .limit(1)
    .executeTakeFirst();
  return toInstantOrUndefined(row?.deadline_at ?? null);
}
