import { MIGRATION_ADVISORY_LOCK_KEY } from 'bullmq';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { prepareJobs } from './job-queue.ts';

let database: TestDatabase;
let admin: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

test('a PostgreSQL that goes away while the queue’s tables are made fails the start, and ends nothing else', async () => {
  await admin.query("select pg_advisory_lock($1, hashtext('bullmq'))", [MIGRATION_ADVISORY_LOCK_KEY]);
  const preparing = prepareJobs({
    connectionString: database.url,
    redisUrl: undefined,
    redisPatienceMs: 0,
  });
  const outcome = expect(preparing).rejects.toThrow();
  await vi.waitFor(async () => {
    const { rowCount } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'curtain-pact-jobs-migrate' and wait_event = 'advisory'`,
    );
    expect(rowCount).toBe(1);
  });
  await outcome;
});
