import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttpServer, type Server } from 'node:http';
import { type AddressInfo, createServer, type Server as NetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { Temporal } from 'temporal-polyfill';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DOCTOR_TEXT } from '#pact/text/doctor.ts';
import { loadConfig } from '#platform/config.ts';
import { createRedisServer, isRedisInstalled } from '#platform/testing/redis-server.ts';
import { query } from '#platform/testing/service-process.ts';
import { DRILLS } from '#sim/chaos/drills.ts';
import { recordBackup, recordFailure, saveRecipient } from '#store/backup/backup-runs.ts';
import { readStrain } from '#store/doctor/read-strain.ts';
import { recordProviderHealth, registerProviders } from '#store/message/provider-health.ts';
import { enrolProcess } from '#store/process/process-roll.ts';
import { type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { openTestDb, type TestDb } from '#store/testing/test-db.ts';
import { touchWatermark } from '#store/watermark.ts';
import { examine } from './examine.ts';
import type { Finding } from './finding.ts';
import { judgeStrain } from './judge-strain.ts';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));
const NOW = Temporal.Instant.from('2026-03-02T09:00:00+08:00');
const ago = (duration: Temporal.DurationLike) => new Date(NOW.subtract(duration).epochMilliseconds);

let opened: TestDb;
let folder: string;
let env: Record<string, string>;
const closing: (() => unknown)[] = [];

beforeEach(async () => {
  opened = await openTestDb();
  folder = await mkdtemp(join(tmpdir(), 'pact-drills-'));
  env = { DATABASE_URL: opened.url, PACT_DATA_DIR: folder, PACT_HTTP_PORT: '0', PACT_MQTT_PORT: '0' };
  return async () => {
    await opened.close();
    await rm(folder, { recursive: true });
  };
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const look = () => examine(loadConfig(env), NOW, DOCTOR_TEXT.en);
const find = async (check: Finding['check']) => (await look()).find((finding) => finding.check === check);

async function listen(server: Server | NetServer): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return String((server.address() as AddressInfo).port);
}

test('escalation was killed: says for how long nobody has moved pages on, while the others are at work', async () => {
  expect(await find('escalationNever')).toMatchObject({ status: 'fail' });
  await touchWatermark(opened.db, 'sweep', { now: () => NOW }, 10_000);
  await touchWatermark(opened.db, 'escalation', { now: () => NOW.subtract({ minutes: 7 }) }, 10_000);
  expect(await find('escalationStale')).toMatchObject({
    status: 'fail',
    text: expect.stringContaining('7 minutes'),
  });
  await touchWatermark(opened.db, 'escalation', { now: () => NOW }, 10_000);
  expect(await find('escalation')).toMatchObject({ status: 'ok' });
});

test('one of several was killed: names it, though the others do its work', async () => {
  const [one, other] = [7, 8].map((pid) => ({
    ...{ id: crypto.randomUUID(), host: 'box', pid, services: ['rules', 'broker'] },
  }));
  if (!(one && other)) throw new Error('two were introduced');
  const say = (who: typeof one, minutesAgo: number) =>
    enrolProcess(opened.db, who, NOW.subtract({ minutes: minutesAgo }));
  await say(one, 9);
  await say(other, 9);
  await say(other, 3);
  await say(one, 0);
  expect((await find('roll'))?.text).toMatch(/broker × 1, rules × 1$/);
  expect(await find('processGone')).toMatchObject({
    status: 'warn',
    text: 'Process 8 on box (broker, rules) was not heard for 3 minutes, and said no goodbye',
  });
});

test.runIf(process.platform === 'linux')('a process of ours was stopped: names it', async () => {
  // Its arguments are what a check-up knows it by.
  const child: ChildProcess = spawn(
    process.execPath,
    ['-e', 'console.log(1); setInterval(() => {}, 1000)', '--', MAIN],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  closing.push(() => child.kill('SIGKILL'));
  if (child.stdout) await once(child.stdout, 'data');
  const named = async () => (await find('processStopped'))?.text ?? '';
  expect(await named()).not.toContain(String(child.pid));
  child.kill('SIGSTOP');
  await expect.poll(named).toContain(`${child.pid} (services/main.ts)`);
});

test.runIf(process.platform === 'linux')('a process is near its limit of open files: names it', async () => {
  const holds = `const fs = require('fs'); for (let n = 0; n < 50; n += 1) fs.openSync('/dev/null'); console.log(1); setInterval(() => {}, 1000)`;
  const child = spawn(
    '/bin/sh',
    ['-c', 'ulimit -n 80; exec "$0" -e "$1" -- "$2"', process.execPath, holds, MAIN],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  closing.push(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  expect(await find('filesScarce')).toMatchObject({
    status: 'warn',
    text: expect.stringMatching(new RegExp(`${child.pid} .*of 80`)),
  });
});

test('PostgreSQL is frozen, refuses, has no connection left: says which', async () => {
  env = {
    ...env,
    DATABASE_URL: `postgresql://u:hunter2@127.0.0.1:${await listen(createServer(() => undefined))}/x`,
  };
  expect(await find('databaseFrozen')).toMatchObject({ status: 'fail' });
  const url = new URL(opened.url);
  url.pathname = '/nowhere';
  env = { ...env, DATABASE_URL: url.href };
  expect(await find('databaseRefuses')).toMatchObject({ text: expect.stringContaining('3D000') });
  const name = new URL(opened.url).pathname.slice(1);
  await query(opened.url, `create role lonely_${name} login password 'p' connection limit 1`);
  const lonely = new URL(opened.url);
  lonely.username = `lonely_${name}`;
  lonely.password = 'p';
  const client = new pg.Client({ connectionString: lonely.href });
  await client.connect();
  env = { ...env, DATABASE_URL: lonely.href };
  expect(await find('databaseCrowdedOut')).toMatchObject({ status: 'fail' });
  await client.end();
});

test('the clock was stepped: says how far it is from the database’s', async () => {
  const strain = await readStrain(opened.db, NOW);
  const serverAt = Temporal.Instant.fromEpochMilliseconds(strain.serverAt.getTime());
  const checksAt = (lookedAt: Temporal.Instant) =>
    judgeStrain(strain, NOW, lookedAt, DOCTOR_TEXT.en).filter(({ check }) => check === 'clockDiffers');
  expect(checksAt(serverAt.add({ seconds: 1 }))).toEqual([]);
  expect(checksAt(serverAt.add({ minutes: 2 }))[0]?.text).toContain('120 seconds');
  // And this machine's really is asked against the database's.
  expect(await find('clockDiffers')).toBeUndefined();
});

test('the provider is slow or fails: says how slow, since when, and by which word', async () => {
  await registerProviders(opened.db, [{ name: 'twilio-sms', channel: 'sms' }]);
  await recordProviderHealth(
    opened.db,
    { name: 'twilio-sms', failure: 'unreachable' },
    NOW.subtract({ minutes: 12 }),
  );
  const message = {
    ...{
      direction: 'out' as const,
      kind: 'page' as const,
      channel: 'sms',
      phone: '+8619900000001',
      text: '',
    },
    created_at: ago({ minutes: 20 }),
  };
  await opened.db
    .insertInto('message')
    .values([
      {
        ...message,
        ...{
          id: crypto.randomUUID(),
          state: 'accepted',
          sending_at: ago({ minutes: 20 }),
          accepted_at: ago({ minutes: 19 }),
        },
      },
      {
        ...message,
        id: crypto.randomUUID(),
        state: 'failed',
        failure: 'expired',
        settled_at: ago({ minutes: 5 }),
      },
      {
        ...message,
        id: crypto.randomUUID(),
        state: 'failed',
        failure: 'filtered',
        settled_at: ago({ hours: 2 }),
      },
    ])
    .execute();
  expect((await find('providerFailing'))?.text).toMatch(/twilio-sms .*12 minutes \(unreachable\)/);
  expect((await find('providerSlow'))?.text).toContain('60 seconds');
  expect((await find('failing'))?.text).toMatch(/: expired × 1$/);
});

test('the running service says what is ill, that a sensor floods, and that its door is full', async () => {
  const parts = { bridge: { ok: false, why: 'our broker cannot be reached' }, sweep: { ok: true } };
  const counters = [
    'pact_broker_refused_total{reason="flood"} 31',
    'pact_broker_refused_total{reason="too_many_connections"} 5',
    'pact_broker_connections 900',
  ];
  const port = await listen(
    createHttpServer((request, answer) => {
      if (request.url === '/readyz') answer.writeHead(503).end(JSON.stringify({ ok: false, parts }));
      else if (request.url === '/metrics') answer.end(counters.join('\n'));
      else answer.end('{"ok":true,"service":"curtain-pact"}');
    }),
  );
  env = { ...env, PACT_HTTP_PORT: port, PACT_MQTT_MAX_CONNECTIONS: '1000' };
  const findings = await look();
  const textOf = (check: string) => findings.find((finding) => finding.check === check)?.text;
  expect(textOf('notReady')).toContain('bridge is not well: our broker cannot be reached');
  expect(textOf('flood')).toContain('31');
  expect(textOf('doorFull')).toContain('900 of 1000');
  expect(textOf('doorRefused')).toContain('5 times');
});

test('a sensor floods: names it and its home, and no other', async () => {
  const seed = await seedCommunity(opened.db);
  const [loud, usual] = [await seed.addHome({ code: '07' }), await seed.addHome({ code: '08' })];
  const say = (home: SeededHome, times: number) =>
    opened.db
      .insertInto('event')
      .values(
        Array.from({ length: times }, (_, n) => ({
          ...{ sensor_id: home.sensorId ?? '', household_id: home.id, type: 'closed' as const, seq: n },
          ...{ at: ago({ minutes: 1 }), at_source: 'received' as const, received_at: ago({ minutes: 1 }) },
        })),
      )
      .execute();
  await say(usual, 20);
  await say(loud, 600);
  const named = (await look()).filter(({ check }) => check === 'floodBy').map(({ text }) => text);
  expect(named).toEqual([
    `Sensor ${loud.sensorId} (home 07) floods: it said something 600 times in ten minutes`,
  ]);
});

/** By what the check-up finds the cause of each drill; `services/pact/text/doctor-drills.ts` has its words. */
const FOUND_BY: Record<string, readonly Finding['check'][]> = {
  'kill-broker': ['intakeStale', 'processGone'],
  'kill-rules': ['sweepStale', 'processGone'],
  'kill-escalation': ['escalationStale', 'processGone'],
  'kill-escalation-sending': ['escalationStale', 'processGone'],
  'kill-api': ['portSilent', 'processGone'],
  'kill-bridge': ['bridgeAway', 'processGone'],
  'kill-postgres': ['databaseAway', 'databaseStarting'],
  'stop-broker': ['processStopped'],
  'stop-rules': ['processStopped'],
  'stop-escalation': ['processStopped'],
  'stop-api': ['processStopped', 'serviceFrozen'],
  'stop-bridge': ['processStopped'],
  'stop-postgres': ['databaseFrozen', 'processStopped'],
  'restart-postgres': ['databaseAway', 'databaseStarting'],
  'restart-redis': ['redisAway'],
  'redis-away': ['redisAway'],
  'stop-redis': ['redisAway'],
  'disk-full': ['databaseDiskFull', 'disk'],
  'disk-full-of-the-bridge': ['notReady', 'disk'],
  'file-descriptors': ['filesScarce'],
  'slow-provider': ['providerSlow'],
  'failing-provider': ['providerFailing', 'failing'],
  'hanging-provider': ['providerFailing', 'providerSlow'],
  'clock-stepped-rules': ['clockDiffers', 'clockBack'],
  'clock-set-back-escalation': ['clockDiffers', 'clockBack'],
  'clock-stepped-escalation': ['clockDiffers', 'clockBack'],
  'clock-stepped-broker': ['clockDiffers', 'clockBack'],
  'clock-stepped-machine': ['clockDiffers', 'clockBack'],
  'clock-stepped-faketime': ['clockDiffers', 'clockBack'],
  'cut-database': ['databaseAway', 'databaseFrozen'],
  'cut-redis': ['redisAway'],
  'cut-provider': ['providerFailing'],
  'cut-sensors': ['sensorsSilent'],
  'cut-bridge': ['notReady', 'bridgeAway'],
  'half-open-database': ['databaseFrozen'],
  'half-open-redis': ['redisAway'],
  'half-open-bridge': ['notReady', 'bridgeAway'],
  flood: ['flood', 'floodBy'],
  'reconnect-storm': ['doorFull', 'doorRefused'],
};

test('every drill has a cause that the check-up names, and the runbook says what to do', async () => {
  expect(Object.keys(FOUND_BY).sort()).toEqual(DRILLS.map(({ name }) => name).sort());
  const runbook = await readFile(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
  const unsaid = [...new Set(Object.values(FOUND_BY).flat())].filter(
    (check) => !(check in DOCTOR_TEXT.en) || !runbook.includes(`\`${check}\``),
  );
  expect(unsaid).toEqual([]);
});

test('the service is frozen: its port takes connections and nothing comes', async () => {
  env = { ...env, PACT_HTTP_PORT: await listen(createHttpServer(() => undefined)) };
  expect(await find('serviceFrozen')).toMatchObject({ status: 'fail' });
});

test('Redis is away: pages still go out, and it says so', async () => {
  env = { ...env, REDIS_URL: 'redis://127.0.0.1:1' };
  expect(await find('redisAway')).toMatchObject({ status: 'warn' });
});

test.runIf(isRedisInstalled)(
  'Redis may forget: fails before the service is started the next time',
  async () => {
    const redis = await createRedisServer(folder, { appendonly: 'no' });
    await redis.start();
    closing.push(() => redis.kill());
    env = { ...env, REDIS_URL: redis.url };
    expect(await find('redisUnsafe')).toMatchObject({ status: 'fail' });
  },
);

test('backups: never made, made, old, failed', async () => {
  expect(await find('backupNever')).toMatchObject({ status: 'warn' });
  const actor = { kind: 'cli' };
  const made = { file: 'x.age', bytes: 1 };
  const run = (duration: Temporal.DurationLike) => ({ actor, begunAt: NOW.subtract(duration) });
  await saveRecipient(opened.db, 'age1x');
  await recordBackup(opened.db, run({ hours: 72 }), made, NOW.subtract({ hours: 72 }));
  expect(await find('backupOld')).toMatchObject({ status: 'warn', text: expect.stringContaining('3 days') });
  await recordBackup(opened.db, run({ hours: 6 }), made, NOW.subtract({ hours: 6 }));
  expect(await find('backup')).toMatchObject({ status: 'ok', text: expect.stringContaining('6 hours') });
  await recordFailure(opened.db, run({ hours: 1 }), 'BACKUP_FAILED');
  expect(await find('backupFailed')).toMatchObject({
    status: 'fail',
    text: expect.stringContaining('BACKUP_FAILED'),
  });
});
