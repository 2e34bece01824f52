import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { startCuttingProxy } from '#sim/chaos/cutting-proxy.ts';
import { type Listener, listen } from './listen.ts';

const CHANNEL = 'listen_test';
const WAIT = { timeout: 10_000, interval: 20 };
let database: TestDatabase;
let admin: pg.Client;
const open: Listener[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client({ connectionString: inject('postgresAdminUrl') });
  await admin.connect();
});
afterEach(() => Promise.all(open.splice(0).map((listener) => listener.stop())));
afterAll(async () => {
  await admin.end();
  await database.drop();
});

function startListening(connectionString = database.url, pulseMs?: number) {
  const heard: string[] = [];
  const errors: unknown[] = [];
  let gaps = 0;
  const listener = listen({
    connectionString,
    channel: CHANNEL,
    onNotice: (payload) => heard.push(payload),
    onGap: () => {
      gaps += 1;
    },
    onError: (error) => errors.push(error),
    ...(pulseMs === undefined ? {} : { pulseMs }),
  });
  open.push(listener);
  return { listener, heard, errors, gaps: () => gaps };
}

const say = async (payload: string) => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('select pg_notify($1, $2)', [CHANNEL, payload]);
  await client.end();
};

/** The server process at the other end of the listener's connection. */
async function findServerProcess(): Promise<number> {
  const { rows } = await admin.query<{ pid: number }>(
    'select pid from pg_stat_activity where application_name = $1',
    [`curtain-pact-listen-${CHANNEL}`],
  );
  return rows[0]?.pid ?? 0;
}

test('comes back after a break, says why it broke and that something may have been missed', async () => {
  const { heard, errors, gaps } = startListening();
  await vi.waitFor(() => expect(gaps()).toBe(1), WAIT);
  await admin.query('select pg_terminate_backend($1)', [await findServerProcess()]);
  await vi.waitFor(() => expect(gaps()).toBe(2), WAIT);
  expect(String(errors)).toMatch(/terminating connection due to administrator command/);
  expect(errors).toHaveLength(1);
  await say('after the break');
  await vi.waitFor(() => expect(heard).toEqual(['after the break']), WAIT);
});

test('says that a server is not there, again and again until it is stopped', async () => {
  const { errors, gaps } = startListening('postgres://nobody@127.0.0.1:1/none');
  await vi.waitFor(() => expect(errors.length).toBeGreaterThan(1), WAIT);
  expect(String(errors[0])).toMatch(/ECONNREFUSED/);
  expect(gaps()).toBe(0);
});

test('ends without an error when it is stopped', async () => {
  const { listener, errors, gaps } = startListening();
  await vi.waitFor(() => expect(gaps()).toBe(1), WAIT);
  await listener.stop();
  expect(errors).toEqual([]);
  await vi.waitFor(async () => expect(await findServerProcess()).toBe(0), WAIT);
});

test('stops in time when the server stands still and never answers the goodbye', async () => {
  const { listener, errors, gaps } = startListening();
  await vi.waitFor(() => expect(gaps()).toBe(1), WAIT);
  const server = await findServerProcess();
  process.kill(server, 'SIGSTOP');
  try {
    const from = performance.now();
    await listener.stop();
    expect(performance.now() - from).toBeLessThan(3_000);
    expect(errors).toEqual([]);
  } finally {
    process.kill(server, 'SIGCONT');
  }
});

test('notices a line that the other end has forgotten without a word, and listens on a new one', async () => {
  const proxy = await startCuttingProxy(database.url);
  const { heard, gaps } = startListening(proxy.url, 100);
  try {
    await vi.waitFor(() => expect(gaps()).toBe(1), WAIT);
    proxy.forget();
    await vi.waitFor(() => expect(gaps()).toBe(2), WAIT);
    await say('after the silence');
    await vi.waitFor(() => expect(heard).toEqual(['after the silence']), WAIT);
  } finally {
    await proxy.close();
  }
});
