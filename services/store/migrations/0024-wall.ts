import { type Kysely, sql } from 'kysely';

/** A session that became a wall's: it only looks at the morning, and stays. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table session add column wall boolean not null default false`.execute(db);
}
