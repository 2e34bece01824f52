import { type Migration, Migrator, sql } from 'kysely';
import { DatabaseError } from 'pg';
import { PactError } from '#platform/errors.ts';
import { sleep } from '#platform/sleep.ts';
import { createDatabase, createPool } from './connect.ts';
import type { Db } from './database.ts';
import { MIGRATIONS } from './migrations/index.ts';

export type MigrateOptions = {
  migrations?: Readonly<Record<string, Migration>>;
  /** The last one that runs; by default the newest. */
  until?: string;
};

/**
 * A change waits no longer than this for a table that others use: everybody who comes after it would wait behind it,
 * and a sensor's word with them.
 */
const LOCK_MS = 2_000;
const BETWEEN_TRIES_MS = 1_000;
const PATIENCE_MS = 10 * 60_000;
const LOCK_NOT_AVAILABLE = '55P03';

/** Ends the name of a migration that takes away what the version before still needs. */
const CONTRACTS = '-contract';

/**
 * Brings the schema to the newest version. Kysely holds an advisory lock meanwhile, so that of two
 * processes that start together one migrates and the other finds nothing left to do.
 *
 * A schema that a newer version has brought further is left as it is: while several processes are upgraded one after
 * the other, those of the version before go on and may be started again. Only past a contracting migration they cannot.
 * @throws PactError DATABASE_NEWER where this version can no longer work with the schema
 */
export async function migrateToLatest(connectionString: string, options: MigrateOptions = {}): Promise<void> {
  const { migrations = MIGRATIONS, until } = options;
  const failures: Error[] = [];
  const pool = createPool({
    connectionString,
    size: 1,
    name: 'curtain-pact-migrate',
    onError: (error) => failures.push(error),
    // An index over a province's events takes as long as it takes.
    queryTimeoutMs: 0,
    settings: `-c lock_timeout=${LOCK_MS}`,
  });
  const db = createDatabase(pool);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const givesUpAt = performance.now() + PATIENCE_MS;
  try {
    for (;;) {
      const newer = await findNewer(db, migrations);
      refuseContracted(newer);
      if (newer.length > 0) return;
      const { error } = until ? await migrator.migrateTo(until) : await migrator.migrateToLatest();
      if (!error) return;
      const isLocked = error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE;
      // A newer process may have gone further between the look and the try.
      const isOvertaken = (await findNewer(db, migrations)).length > 0;
      if (!(isLocked || isOvertaken) || performance.now() > givesUpAt) throw error;
      if (isLocked) await sleep(BETWEEN_TRIES_MS, new AbortController().signal);
    }
  } finally {
    await db.destroy();
  }
}

/** Names of migrations that were run here and that this version does not know. */
async function findNewer(db: Db, known: Readonly<Record<string, Migration>>): Promise<string[]> {
  const { rows: tables } = await sql<{
    there: boolean;
  }>`select to_regclass('kysely_migration') is not null as there`.execute(db);
  if (!tables[0]?.there) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name).filter((name) => !(name in known));
}

function refuseContracted(newer: readonly string[]): void {
  const contracted = newer.filter((name) => name.endsWith(CONTRACTS));
  if (contracted.length === 0) return;
  throw new PactError(
    'DATABASE_NEWER',
    `A newer version has taken away what this one needs: ${contracted.join(', ')}`,
    { hint: 'Start the newer version, or restore the backup that was made before the upgrade.' },
  );
}
