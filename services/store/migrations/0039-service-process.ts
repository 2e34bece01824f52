import { type Kysely, sql } from 'kysely';

/** Which processes of ours run over this database, and which ended without a goodbye. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table service_process (
  id uuid primary key, host text not null, pid integer not null, services text[] not null,
  started_at timestamptz not null, seen_at timestamptz not null, ended_at timestamptz
);`)
    .execute(db);
}
