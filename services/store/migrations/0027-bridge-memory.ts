import { type Kysely, sql } from 'kysely';

/** With which memory the bridge worked last: one that comes back after another's time knows things that are no more. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(MEMORY).execute(db);
}

const MEMORY = `
create table bridge_memory (only_one boolean primary key default true check (only_one), memory_id uuid not null);`;
