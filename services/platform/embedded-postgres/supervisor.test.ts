import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeTestFolder, query } from '../testing/service-process.ts';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from './options.ts';
import { startEmbeddedPostgres } from './supervisor.ts';

let dataDir: string;
let events: string[];
const running = new Set<EmbeddedPostgres>();

const start = async (options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> => {
  const postgres = await startEmbeddedPostgres({
    dataDir,
    log: (_level, event) => events.push(event),
    ...options,
  });
  running.add(postgres);
  return postgres;
};

const portOf = (postgres: EmbeddedPostgres): number => Number(new URL(postgres.connectionString).port);

const postmasterPid = async (postgres: EmbeddedPostgres): Promise<number> =>
  Number.parseInt(await readFile(join(postgres.dataDirectory, 'postmaster.pid'), 'utf8'), 10);

beforeEach(async () => {
  dataDir = join(await makeTestFolder(), 'data');
  events = [];
});

afterEach(async () => {
  await Promise.all([...running].map((postgres) => postgres.stop()));
  running.clear();
});

test('the first start makes a durable PostgreSQL 18 that only this machine and only the password reach', async () => {
  const postgres = await start();
  const wanted = {
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    data_checksums: 'on',
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    server_encoding: 'UTF8',
    TimeZone: 'UTC',
    shared_buffers: '32MB',
    max_connections: '120',
    jit: 'off',
  };
  for (const [name, value] of Object.entries(wanted)) {
    expect(await query(postgres.connectionString, `select current_setting('${name}') as is`)).toEqual([
      { is: value },
    ]);
  }
  const [version] = await query(postgres.connectionString, `select current_setting('server_version') as is`);
  expect(version?.is).toMatch(/^18\./);
  expect((await stat(join(dataDir, 'postgres.json'))).mode & 0o777).toBe(0o600);

  const guessed = new URL(postgres.connectionString);
  guessed.password = 'guessed';
  await expect(query(guessed.href, 'select 1')).rejects.toThrow(/password authentication failed/);
});

test('a restart keeps the data, the password and the port', async () => {
  const first = await start();
  await query(first.connectionString, 'create table kept as select 41 as n');
  await first.stop();
  await expect(query(first.connectionString, 'select 1')).rejects.toThrow(/ECONNREFUSED/);

  const second = await start();
  expect(second.connectionString).toBe(first.connectionString);
  expect(await query(second.connectionString, 'select n from kept')).toEqual([{ n: 41 }]);
});

test('another port is taken when the old one is busy', async () => {
  const first = await start();
  await query(first.connectionString, 'create table kept as select 41 as n');
  await first.stop();
  const squatter = createServer().listen(portOf(first), '127.0.0.1');
  try {
    const second = await start();
    expect(portOf(second)).not.toBe(portOf(first));
    expect(await query(second.connectionString, 'select n from kept')).toEqual([{ n: 41 }]);
  } finally {
    squatter.close();
  }
});

test('stops within 5 seconds although a client is in the middle of a query', async () => {
  const postgres = await start();
  const client = new pg.Client({ connectionString: postgres.connectionString });
  client.on('error', () => undefined);
  await client.connect();
  const asleep = client.query('select pg_sleep(600)');
  const cut = expect(asleep).rejects.toThrow(/terminat/);
  const before = performance.now();
  await postgres.stop();
  expect(performance.now() - before).toBeLessThan(5_000);
  await cut;
  await expect(query(postgres.connectionString, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
});

test('a killed PostgreSQL is back within 10 seconds, with all that was committed', async () => {
  const postgres = await start();
  await query(postgres.connectionString, 'create table kept as select 41 as n');
  const killed = await postmasterPid(postgres);
  const before = performance.now();
  process.kill(killed, 'SIGKILL');
  const rows = await vi.waitFor(() => query(postgres.connectionString, 'select n from kept'), {
    timeout: 10_000,
    interval: 50,
  });
  const afterMs = performance.now() - before;
  expect(rows).toEqual([{ n: 41 }]);
  expect(await postmasterPid(postgres)).not.toBe(killed);
  await vi.waitFor(() => expect(events).toContain('database.back'));
  expect(afterMs).toBeLessThan(10_000);
});

test('a PostgreSQL killed twice is back twice', async () => {
  const postgres = await start();
  for (const _ of [1, 2]) {
    const known = events.filter((event) => event === 'database.back').length;
    process.kill(await postmasterPid(postgres), 'SIGKILL');
    await vi.waitFor(
      () => expect(events.filter((event) => event === 'database.back').length).toBe(known + 1),
      {
        timeout: 10_000,
      },
    );
  }
  expect(await query(postgres.connectionString, 'select 1 as n')).toEqual([{ n: 1 }]);
});

test('a stop in the middle of a recovery leaves no server behind', async () => {
  const postgres = await start();
  process.kill(await postmasterPid(postgres), 'SIGKILL');
  await vi.waitFor(() => expect(events).toContain('database.lost'), { interval: 5 });
  await postgres.stop();
  await expect(query(postgres.connectionString, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
});

test('settings of the caller win over ours', async () => {
  const postgres = await start({ settings: { max_connections: '17' } });
  expect(await query(postgres.connectionString, 'show max_connections')).toEqual([{ max_connections: '17' }]);
});

test('a setting that PostgreSQL refuses is told in its own words, and the next start is not harmed', async () => {
  await expect(start({ settings: { shared_buffers: 'plenty' } })).rejects.toMatchObject({
    code: 'DATABASE_START_FAILED',
    message: expect.stringContaining('shared_buffers'),
  });
  const postgres = await start();
  expect(await query(postgres.connectionString, 'select 1 as n')).toEqual([{ n: 1 }]);
});
