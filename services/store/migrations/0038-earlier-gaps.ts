import { type Kysely, sql } from 'kysely';

/**
 * The gaps of a mark before its last one whose minute was not over: a second outage within that minute, or a clock that is
 * set right, must not take it from the sensors. A version before this one leaves them as they are, and they expire by their
 * times.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(`alter table watermark add column earlier_gaps jsonb not null default '[]'`).execute(db);
}
