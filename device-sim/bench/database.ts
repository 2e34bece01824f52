import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { migrateToLatest } from '#store/migrate.ts';
import type { Undo } from './undo.ts';

/** A PostgreSQL of a bench's own, with the settings of production, in a folder of its own. */
export type BenchDatabase = {
  folder: string;
  connectionString: string;
  dataDirectory: string;
  pool: pg.Pool;
  db: Db;
};

/** @param size connections at most */
export async function startDatabase(undo: Undo, size = 4): Promise<BenchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'curtain-pact-bench-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const { connectionString, dataDirectory, stop } = await startEmbeddedPostgres({
    dataDir: folder,
    sharedDir: join(folder, 'shared'),
    log: () => undefined,
  });
  undo.push(stop);
  await migrateToLatest(connectionString);
  const pool = createPool({ connectionString, size, name: 'bench', onError: () => undefined });
  const db = createDatabase(pool);
  undo.push(() => db.destroy());
  return { folder, connectionString, dataDirectory, pool, db };
}
