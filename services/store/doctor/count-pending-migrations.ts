import { Migrator } from 'kysely';
import type { Db } from '../database.ts';
import { MIGRATIONS } from '../migrations/index.ts';

/** How many migrations the database lacks. Reads only. */
export async function countPendingMigrations(db: Db): Promise<number> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const migrations = await migrator.getMigrations();
  return migrations.filter((migration) => migration.executedAt === undefined).length;
}
