import { beforeEach, expect, test } from 'vitest';
import { makeTestFolder, query, runService } from '../testing/service-process.ts';

let options: { dataDir: string; settings: Record<string, string> };
const gone = /ECONNREFUSED/;

beforeEach(async () => {
  options = { dataDir: `${await makeTestFolder()}/data`, settings: { fsync: 'off' } };
});

test('a tool beside a running service uses its server and leaves it running', async () => {
  const service = await runService('start', options);
  await query(service.hello.connectionString, 'create table kept as select 41 as n');
  const tool = await runService('borrow', options);
  expect(tool.hello.connectionString).toBe(service.hello.connectionString);
  await tool.stop();
  expect(await query(service.hello.connectionString, 'select n from kept')).toEqual([{ n: 41 }]);
  await service.stop();
});

test('a tool alone starts the server and stops it again', async () => {
  const tool = await runService('borrow', options);
  expect(await query(tool.hello.connectionString, 'select current_database() as name')).toEqual([
    { name: 'curtain_pact' },
  ]);
  await tool.stop();
  await expect(query(tool.hello.connectionString, 'select 1')).rejects.toThrow(gone);
});

test('a service that starts while a tool runs keeps the server when the tool ends', async () => {
  const tool = await runService('borrow', options);
  const service = await runService('start', options);
  const startedAt = 'select pg_postmaster_start_time() as at';
  const before = await query(service.hello.connectionString, startedAt);
  await tool.stop();
  expect(await query(service.hello.connectionString, startedAt)).toEqual(before);
  await service.stop();
  await expect(query(service.hello.connectionString, 'select 1')).rejects.toThrow(gone);
});

test('of two tools the last one stops the server', async () => {
  const one = await runService('borrow', options);
  const two = await runService('borrow', options);
  await one.stop();
  expect(await query(two.hello.connectionString, 'select 1 as n')).toEqual([{ n: 1 }]);
  await two.stop();
  await expect(query(two.hello.connectionString, 'select 1')).rejects.toThrow(gone);
});

test('the orphan of a killed service is used by a tool and left for the next service', async () => {
  const service = await runService('start', options);
  await service.signal('SIGKILL');
  const tool = await runService('borrow', options);
  await tool.stop();
  expect(await query(service.hello.connectionString, 'select 1 as n')).toEqual([{ n: 1 }]);
  const next = await runService('start', options);
  await next.stop();
});
