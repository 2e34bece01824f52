import { type Kysely, sql } from 'kysely';

/**
 * From when on a home's morning is unusually late for it (`late_from`), worked out once for each day after it was
 * opened: `rhythm_upto` is the last household of a date that was done, `rhythm_at` when all were.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(RHYTHM).execute(db);
}

const RHYTHM = `
alter table pact_day add column late_from timestamptz;
alter table day_opening add column rhythm_upto uuid, add column rhythm_at timestamptz;
update day_opening set rhythm_at = completed_at;
create index day_opening_without_rhythm on day_opening (on_date) where rhythm_at is null;`;
