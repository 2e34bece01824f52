import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db } from '../database.ts';
import { toInstantOrUndefined } from '../instant.ts';

/** When the next step of any alert and the next attempt of any message fall due, past or future. */
export async function findNextDue(
  db: Db,
): Promise<{ step: Temporal.Instant | undefined; message: Temporal.Instant | undefined }> {
  const { rows } = await sql<{ step: Date | null; message: Date | null }>`
    select (select min(next_step_at) from alert where status <> 'closed') as step,
      (select min(next_attempt_at) from message where state in ('planned', 'accepted') and next_attempt_at is not null) as message`.execute(
    db,
  );
  const row = rows[0];
  return {
    step: toInstantOrUndefined(row?.step ?? null),
    message: toInstantOrUndefined(row?.message ?? null),
  };
}
