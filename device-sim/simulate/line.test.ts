import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createLine, type Line } from './line.ts';

let database: TestDatabase;
let clients: pg.Client[];
let first: Line;
let second: Line;
let mayWait = true;
beforeAll(async () => {
  database = await createTestDatabase();
  clients = [database.url, database.url].map((connectionString) => new pg.Client({ connectionString }));
  await Promise.all(clients.map((client) => client.connect()));
  first = createLine(
    clients[0]!,
    () => mayWait,
    () => second.settle(),
  );
  second = createLine(
    clients[1]!,
    () => mayWait,
    () => first.settle(),
  );
  await second.query('create table note (text text primary key)');
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await database.drop();
});

const write = (text: string) => first.query('insert into note values ($1)', [text]);
const read = async () =>
  (await second.query('select text from note order by 1')).rows.map(({ text }) => text);

it('whoever looks sees what was committed, also where the commit had waited', async () => {
  await first.query('begin');
  await write('a');
  expect(await read()).toEqual([]);
  await first.query('commit');
  expect(first.owes()).toBe(true);
  expect(await read()).toEqual(['a']);
});

it('a commit goes along with the transaction after it, and one that is given up takes only itself', async () => {
  await first.query('begin');
  await write('b');
  await first.query('commit');
  await first.query('begin');
  await write('c');
  await first.abandon();
  expect(await read()).toEqual(['a', 'b']);
});

it('what was committed outlives whoever dies before it was sent', async () => {
  await first.query('begin');
  await write('d');
  await first.query('commit');
  await first.query('begin');
  await first.abandon();
  expect(await read()).toEqual(['a', 'b', 'd']);
});

it('nothing waits while others work, nor after a failure', async () => {
  mayWait = false;
  await first.query('begin');
  await write('e');
  await first.query('commit');
  expect(first.owes()).toBe(false);
  mayWait = true;
  await first.query('begin');
  await expect(write('a')).rejects.toThrow('duplicate key');
  expect((await first.query('commit')).command).toBe('ROLLBACK');
  await expect(write('a')).rejects.toThrow('duplicate key');
  expect(await read()).toEqual(['a', 'b', 'd', 'e']);
});
