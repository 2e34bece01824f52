import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { inject } from 'vitest';

export type TestDatabase = {
  url: string;
  /** Removes the database; connections that are still open are ended. */
  drop(): Promise<void>;
};

const TEMPLATE = 'curtain_pact_template';
const TEMPLATE_LOCK = 7_305_119;
const OBJECT_IN_USE = '55006';

/** A database of its own for one test file, made from the migrated template. */
export const createTestDatabase = async (): Promise<TestDatabase> => {
  const name = `test_${process.env.VITEST_POOL_ID ?? 0}_${randomBytes(6).toString('hex')}`;
  await withAdmin(async (admin) => {
    await ensureTemplate(admin);
    await copyTemplate(admin, name);
  });
  return {
    url: urlOf(name),
    drop: () =>
      withAdmin((admin) => admin.query(`drop database if exists ${name} with (force)`)).then(() => undefined),
  };
};

/** The first test file that asks makes it; the others wait at the lock. Pure tests never pay for it. */
const ensureTemplate = async (admin: pg.Client): Promise<void> => {
  const isThere = async () => {
    const found = await admin.query('select 1 from pg_database where datname = $1 and datistemplate', [
      TEMPLATE,
    ]);
    return found.rowCount === 1;
  };
  if (await isThere()) return;
  await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  if (await isThere()) return;
  // Left half-migrated by a file that failed.
  await admin.query(`drop database if exists ${TEMPLATE} with (force)`);
  await admin.query(`create database ${TEMPLATE}`);
  const { migrateToLatest } = await import('#store/migrate.ts');
  await migrateToLatest(urlOf(TEMPLATE));
  // A database that takes no connections is never "being accessed by other users" when it is copied.
  await admin.query(`alter database ${TEMPLATE} with is_template true allow_connections false`);
};

const copyTemplate = async (admin: pg.Client, name: string): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await admin.query(`create database ${name} template ${TEMPLATE} strategy file_copy`);
      return;
    } catch (error) {
      // The migration's last connection may still be closing.
      const isBusy = error instanceof pg.DatabaseError && error.code === OBJECT_IN_USE;
      if (!isBusy || attempt === 50) throw error;
      await sleep(100);
    }
  }
};

const withAdmin = async <T>(work: (admin: pg.Client) => Promise<T>): Promise<T> => {
  const admin = new pg.Client({ connectionString: inject('postgresAdminUrl') });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
};

const urlOf = (database: string): string => {
  const url = new URL(inject('postgresAdminUrl'));
  url.pathname = `/${database}`;
  return url.href;
};
