import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRecoveryKey } from '#platform/backup/recovery-key.ts';
import { createManualClock } from '#platform/clock.ts';
import type { Service } from '#platform/service.ts';
import { query } from '#platform/testing/service-process.ts';
import { saveRecipient } from '#store/backup/backup-runs.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import { openTestDb, type TestDb } from '#store/testing/test-db.ts';
import { createBackups } from './create-backups.ts';

const HELD = { timeout: 20_000 };

let opened: TestDb;
let folder: string;
let logs: { event: string; code?: string }[];
const clock = createManualClock('2026-11-25T03:00:00+08:00');
const running: Service[] = [];

beforeEach(async () => {
  opened = await openTestDb();
  await seedCommunity(opened.db);
  folder = await mkdtemp(join(tmpdir(), 'pact-nightly-'));
  logs = [];
  clock.set('2026-11-25T03:00:00+08:00');
  return async () => {
    await opened.close();
    await rm(folder, { recursive: true });
  };
});
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop();
});

async function start(dir: string | undefined = folder): Promise<Service> {
  const write = (line: string) => void logs.push(JSON.parse(line));
  const service = createBackups(
    { dir, keep: 2, connectionString: opened.url, lookEveryMs: 10 },
    { db: opened.db, clock, logger: pino({}, { write }), secretKey: Buffer.alloc(32, 1) },
  );
  await service.start();
  running.push(service);
  return service;
}
const agree = async () => saveRecipient(opened.db, (await createRecoveryKey()).recipient);
const saw = (event: string, count = 1) =>
  vi.waitFor(() => expect(logs.filter((log) => log.event === event)).toHaveLength(count), HELD);
const runs = () =>
  query(opened.url, `select nightly_on::text as night, failure from backup_run order by nightly_on`);

test('makes one every night, of two processes one, and keeps the last ones and whatever is not ours', async () => {
  await agree();
  await writeFile(join(folder, 'holiday.jpg'), 'x');
  await start();
  await start();
  for (const [day, count] of [
    ['25', 1],
    ['26', 2],
    ['27', 3],
  ] as const) {
    clock.set(`2026-11-${day}T03:20:00+08:00`);
    await saw('backup.done', count);
  }
  await vi.waitFor(
    async () =>
      expect((await readdir(folder)).sort()).toEqual([
        'curtain-pact-20261125T192000Z.age',
        'curtain-pact-20261126T192000Z.age',
        'holiday.jpg',
      ]),
    HELD,
  );
  expect(await runs()).toEqual(['25', '26', '27'].map((day) => ({ night: `2026-11-${day}`, failure: null })));
  expect(logs.every(({ event }) => event === 'backup.done')).toBe(true);
});

test('says that there is no recovery key, and makes the night’s backup once there is one', async () => {
  clock.set('2026-11-25T03:20:00+08:00');
  await start();
  await saw('backup.failed');
  expect(await runs()).toEqual([{ night: '2026-11-25', failure: 'NOT_FOUND' }]);
  await agree();
  clock.set('2026-11-25T09:00:00+08:00');
  await saw('backup.done');
  expect(await runs()).toEqual([{ night: '2026-11-25', failure: null }]);
});

test('a disk that is not there fails the night until it is put back', async () => {
  await agree();
  const disk = join(folder, 'disk');
  await writeFile(disk, 'not a folder');
  clock.set('2026-11-25T03:20:00+08:00');
  await start(disk);
  await saw('backup.failed');
  expect(logs[0]).toMatchObject({ code: 'BACKUP_FAILED' });
  await rm(disk);
  clock.set('2026-11-25T08:00:00+08:00');
  await saw('backup.done');
  expect(await readdir(disk)).toHaveLength(1);
});

test('a stop breaks it off within the five seconds, leaves nothing behind, and the next start makes it', async () => {
  await agree();
  await query(
    opened.url,
    `insert into event (type, at, at_source, received_at) select 'seen', now(), 'received', now() from generate_series(1, 200000)`,
  );
  clock.set('2026-11-25T03:20:00+08:00');
  const service = await start();
  await vi.waitFor(async () => expect((await readdir(folder)).length).toBe(1), { ...HELD, interval: 5 });
  await service.stop();
  expect(await readdir(folder)).toEqual([]);
  expect([await runs(), logs]).toEqual([[], []]);
  expect(
    await query(opened.url, `select from pg_database where datname = current_database() || '_backup_check'`),
  ).toEqual([]);
  await start();
  await saw('backup.done');
});
