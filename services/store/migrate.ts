import { Migrator } from 'kysely';
import { createDatabase, createPool } from './connect.ts';
import { MIGRATIONS } from './migrations/index.ts';

/**
 * Brings the schema to the newest version. Kysely holds an advisory lock meanwhile, so that of two
 * processes that start together one migrates and the other finds nothing left to do.
 */
export async function migrateToLatest(connectionString: string): Promise<void> {
  const failures: Error[] = [];
  const pool = createPool({
    connectionString,
    size: 1,
    name: 'curtain-pact-migrate',
    onError: (error) => failures.push(error),
  });
  const db = createDatabase(pool);
  try {
    const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
    const { error } = await migrator.migrateToLatest();
    if (error) throw error;
  } finally {
    await db.destroy();
  }
}
