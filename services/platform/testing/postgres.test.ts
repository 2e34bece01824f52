import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from './postgres.ts';

const ask = async (connectionString: string, sql: string) => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

test('every test file gets a migrated database of its own, also when several ask at once', async () => {
  const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const tables = `select count(*)::int as n from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`;
  const [counted] = await ask(one.url, tables);
  expect(counted.n).toBeGreaterThan(1);

  await ask(one.url, 'create table only_here ()');
  expect(await ask(two.url, `select to_regclass('only_here') as found`)).toEqual([{ found: null }]);

  await one.drop();
  await two.drop();
  await expect(ask(one.url, 'select 1')).rejects.toThrow(/does not exist/);
});

test('a database with open connections is dropped all the same', async () => {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  const ended = new Promise((resolve) => client.on('error', resolve));
  await client.connect();
  await database.drop();
  expect(String(await ended)).toMatch(/terminat/);
});
