import { beforeEach, expect, test, vi } from 'vitest';
import { makeTestFolder, query, runService, type ServiceProcess } from '../testing/service-process.ts';

let options: { dataDir: string; settings: Record<string, string> };

const serverStart = async (service: ServiceProcess): Promise<unknown> => {
  const [row] = await query(service.hello.connectionString, 'select pg_postmaster_start_time()::text as at');
  return row?.at;
};

const serverPid = async (service: ServiceProcess): Promise<number> => {
  const sql = `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`;
  const [row] = await query(service.hello.connectionString, sql);
  return Number(row?.pid);
};

beforeEach(async () => {
  options = { dataDir: `${await makeTestFolder()}/data`, settings: { fsync: 'off' } };
});

test('a second service on the same data folder is refused and told who is there', async () => {
  const first = await runService('start', options);
  const second = await runService('start', options);
  expect(second.hello.code).toBe('DATA_DIR_IN_USE');
  expect(second.hello.message).toContain(`process ${first.pid} on`);
  await second.stop();
  expect(await query(first.hello.connectionString, 'select 1 as n')).toEqual([{ n: 1 }]);
  await first.stop();
});

test('of two services that start at once on an empty folder one owns it and the other is refused', async () => {
  const both = await Promise.all([runService('start', options), runService('start', options)]);
  expect(both.map(({ hello }) => hello.code ?? 'owner').toSorted()).toEqual(['DATA_DIR_IN_USE', 'owner']);
  const owner = both.find(({ hello }) => !hello.code);
  expect(await query(owner?.hello.connectionString ?? '', 'select 1 as n')).toEqual([{ n: 1 }]);
  await Promise.all(both.map((service) => service.stop()));
});

test('the server of a killed service is taken over as it runs', async () => {
  const first = await runService('start', options);
  await query(first.hello.connectionString, 'create table kept as select 41 as n');
  const startedAt = await serverStart(first);
  await first.signal('SIGKILL');

  const second = await runService('start', options);
  expect(await query(second.hello.connectionString, 'select n from kept')).toEqual([{ n: 41 }]);
  expect(await serverStart(second)).toBe(startedAt);
  expect(second.log.map(({ event }) => event)).toContain('database.taken-over');
  await second.stop();
  await expect(query(second.hello.connectionString, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
});

test('the server of a killed service is started afresh when the settings have changed', async () => {
  const first = await runService('start', options);
  await query(first.hello.connectionString, 'create table kept as select 41 as n');
  await first.signal('SIGKILL');

  const second = await runService('start', { ...options, settings: { fsync: 'off', max_connections: '33' } });
  expect(await query(second.hello.connectionString, 'show max_connections')).toEqual([
    { max_connections: '33' },
  ]);
  expect(await query(second.hello.connectionString, 'select n from kept')).toEqual([{ n: 41 }]);
  await second.stop();
});

test('service and server killed together: the next start recovers everything', async () => {
  const first = await runService('start', options);
  await query(first.hello.connectionString, 'create table kept as select 41 as n');
  const pid = await serverPid(first);
  const gone = first.signal('SIGKILL');
  process.kill(pid, 'SIGKILL');
  await gone;

  const second = await runService('start', options);
  expect(await query(second.hello.connectionString, 'select n from kept')).toEqual([{ n: 41 }]);
  await second.stop();
});

test('after PostgreSQL was killed under a service, a second service is refused as before', async () => {
  const first = await runService('start', options);
  process.kill(await serverPid(first), 'SIGKILL');
  await vi.waitFor(() => expect(first.log.map(({ event }) => event)).toContain('database.back'), {
    timeout: 10_000,
  });
  const second = await runService('start', options);
  expect(second.hello.code).toBe('DATA_DIR_IN_USE');
  await second.stop();
  await first.stop();
});

test('Ctrl-C in the terminal of the service does not reach PostgreSQL', async () => {
  const first = await runService('start', options);
  const startedAt = await serverStart(first);
  await first.signal('SIGINT', { group: true });
  expect(await serverStart(first)).toBe(startedAt);
  const second = await runService('start', options);
  await second.stop();
});
