import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '#platform/testing/postgres.ts';
import { startCuttingProxy } from '#sim/chaos/cutting-proxy.ts';
import { createDatabase, createPool } from './connect.ts';

async function openBehindProxy() {
  const database = await createTestDatabase();
  const proxy = await startCuttingProxy(database.url);
  const pool = createPool({
    ...{ connectionString: proxy.url, size: 3, name: 'silent', queryTimeoutMs: 500 },
    onError: () => undefined,
  });
  const db = createDatabase(pool);
  onTestFinished(async () => {
    await db.destroy();
    await proxy.close();
    await database.drop();
  });
  const ask = () => sql<{ one: number }>`select 1 as one`.execute(db);
  // All three are open, and idle.
  await Promise.all([ask(), ask(), sql`select pg_sleep(0.1)`.execute(db)]);
  expect(proxy.connections()).toBe(3);
  return { proxy, pool, db, ask };
}

test('after one answer that never came, every connection that died with it is left, and the next question is answered', async () => {
  const { proxy, ask } = await openBehindProxy();
  proxy.forget();
  await expect(ask()).rejects.toThrow();
  expect((await ask()).rows).toEqual([{ one: 1 }]);
});

test('a transaction over a dead line ends with its first unanswered question, and waits for no rollback', async () => {
  const { proxy, db, ask } = await openBehindProxy();
  const work = db.transaction().execute(async (tx) => {
    await sql`select 1`.execute(tx);
    proxy.forget();
    await sql`select 2`.execute(tx);
  });
  await expect(work).rejects.toThrow();
  expect((await ask()).rows).toEqual([{ one: 1 }]);
});

test('so does the pool’s own way to ask', async () => {
  const { proxy, pool, ask } = await openBehindProxy();
  proxy.forget();
  await expect(pool.query('select 1')).rejects.toThrow();
  expect((await ask()).rows).toEqual([{ one: 1 }]);
});
