import { type Kysely, sql } from 'kysely';

/** For whose key backups are sealed, and how each went. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [KEY, RUN]) await sql.raw(statement).execute(db);
}

// The half that seals; the one that opens is on paper and nowhere here.
const KEY = `
create table backup_key (only_one boolean primary key default true check (only_one), recipient text not null);`;

// nightly_on: for which night; one that failed is tried again, and the row of that night says how it ended.
const RUN = `
create table backup_run (
  id bigint generated always as identity primary key, nightly_on date unique, begun_at timestamptz not null,
  completed_at timestamptz, file text, bytes bigint, failure text
);
create index backup_run_completed on backup_run (completed_at);`;
