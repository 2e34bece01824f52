import { type Kysely, sql } from 'kysely';

/**
 * A day keeps the reference to its pact and loses the two that follow from it: a pact refers to its home, and a home
 * to its community. Each cost a look-up for every day that is opened, and the home's a lock that was written too.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(REFERENCES).execute(db);
}

const REFERENCES = `
alter table pact_day drop constraint pact_day_household_id_fkey, drop constraint pact_day_community_id_fkey;`;
