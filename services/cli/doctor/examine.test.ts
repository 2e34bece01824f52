import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DEFAULT_LADDER } from '#pact/ladder.ts';
import { DOCTOR_TEXT } from '#pact/text/doctor.ts';
import { loadConfig } from '#platform/config.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createCodec, noteCodecStop } from '#store/bridge/codec.ts';
import { holdBridge } from '#store/bridge/hold-bridge.ts';
import { noteSightings, noteSourceState } from '#store/bridge/note.ts';
import type { SourceState } from '#store/bridge/setting.ts';
import { addSource, sightingOf } from '#store/bridge/testing/sightings.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { openDays } from '#store/pact-day/open-days.ts';
import { createCommunity } from '#store/register/community.ts';
import { createHousehold } from '#store/register/household.ts';
import { createPerson } from '#store/register/person.ts';
import { createSensor } from '#store/register/sensor.ts';
import { touchWatermark } from '#store/watermark.ts';
import { runPact } from '../testing/run-pact.ts';
import { examine } from './examine.ts';
import type { Finding } from './finding.ts';

const NOW = Temporal.Instant.from('2026-03-02T09:00:00+08:00');
const BY = { kind: 'cli' };
const at = (text: string) => new Date(Temporal.Instant.from(text).epochMilliseconds);

let database: TestDatabase;
let db: Db;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pact-doctor-'));
  await mkdir(join(folder, 'data'));
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  database = await createTestDatabase();
  db = createDatabase(
    createPool({ connectionString: database.url, size: 2, name: 'test', onError: () => undefined }),
  );
  env = {
    DATABASE_URL: database.url,
    PACT_DATA_DIR: join(folder, 'data'),
    PACT_HTTP_PORT: '0',
    PACT_MQTT_PORT: '0',
  };
  return async () => {
    await db.destroy();
    await database.drop();
  };
});

const look = () => examine(loadConfig(env), NOW, DOCTOR_TEXT.en);
const statusOf = (findings: Finding[], ...checks: string[]) =>
  Object.fromEntries(
    checks.map((check) => [check, findings.find((finding) => finding.check === check)?.status]),
  );

function kept<T>(saved: { ok: true; value: T } | { ok: false; reason: string }): T {
  if (saved.ok) return saved.value;
  throw new Error(`refused: ${saved.reason}`);
}

/** A community with a steward, and a home of hers that has a sensor which was just heard. */
async function enrol() {
  const { id: communityId } = kept(
    await createCommunity(db, { name: '示范社区', timeZone: 'Asia/Shanghai' }, BY, NOW),
  );
  const steward = kept(
    await createPerson(db, { communityId, name: '赵红梅', phone: '+8619900000001' }, BY, NOW),
  );
  const home = { communityId, grid: '一', code: '07', salutation: '王奶奶', building: '3', room: '502' };
  const draft = { ...home, assignments: { primary: [steward.id] } };
  const { id: householdId } = kept(await createHousehold(db, draft, BY, NOW.subtract({ hours: 7 })));
  const { id: sensorId } = kept(await createSensor(db, Buffer.alloc(32), { householdId }, BY, NOW));
  await db
    .updateTable('sensor_state')
    .set({ last_seen_at: at('2026-03-02T08:55:00+08:00'), battery: 90 })
    .execute();
  return { communityId, householdId, sensorId, home };
}

async function runService() {
  await openDays(db, NOW);
  await touchWatermark(db, 'sweep', { now: () => NOW.subtract({ seconds: 2 }) }, 10_000);
  await touchWatermark(db, 'intake', { now: () => NOW.subtract({ seconds: 2 }) }, 10_000);
  await touchWatermark(db, 'escalation', { now: () => NOW.subtract({ seconds: 2 }) }, 10_000);
}

test('finds nothing wrong where all is well, but that messages stay in the outbox and nobody has an account', async () => {
  const { communityId } = await enrol();
  kept(
    await createPerson(db, { communityId, kind: 'office', name: '值班', phone: '+8619900000900' }, BY, NOW),
  );
  await runService();
  const findings = await look();
  // Other tests stop and starve processes of ours on this machine.
  const wrong = findings.filter(({ check, status }) => status !== 'ok' && !/^(process|files)/.test(check));
  expect(wrong.map(({ check }) => check)).toEqual(['accountMissing', 'backupNever', 'outbox']);
  for (const { check, status, hint } of findings) {
    expect([check, hint !== undefined]).toEqual([check, status !== 'ok']);
  }
});

test('says that the service has never run, or has stopped', async () => {
  await enrol();
  expect(statusOf(await look(), 'sweepNever', 'intakeNever', 'daysUnopened')).toEqual({
    sweepNever: 'fail',
    intakeNever: 'fail',
    daysUnopened: 'fail',
  });
  await runService();
  await touchWatermark(db, 'sweep', { now: () => NOW.subtract({ minutes: 5 }) }, 10_000);
  const stopped = await look();
  expect(statusOf(stopped, 'sweepStale', 'intake', 'days')).toEqual({
    sweepStale: 'fail',
    intake: 'ok',
    days: 'ok',
  });
  expect(stopped.find(({ check }) => check === 'sweepStale')?.text).toContain('5 minutes');
});

test('names the homes that nobody watches, and those that nobody would be paged for', async () => {
  const { home } = await enrol();
  kept(await createHousehold(db, { ...home, code: '08' }, BY, NOW));
  const bare = kept(await createHousehold(db, { ...home, code: '09' }, BY, NOW));
  await db.deleteFrom('pact').where('household_id', '=', bare.id).execute();
  const findings = await look();
  expect(
    statusOf(findings, 'withoutAnybody', 'withoutPact', 'withoutSensor', 'withoutSteward', 'withoutOffice'),
  ).toEqual({
    withoutAnybody: 'fail',
    withoutPact: 'warn',
    withoutSensor: 'warn',
    withoutSteward: 'warn',
    withoutOffice: 'warn',
  });
  const textOf = (check: string) => findings.find((finding) => finding.check === check)?.text;
  expect(textOf('withoutPact')).toMatch(/1 homes.*: 09$/);
  expect(textOf('withoutAnybody')).toMatch(/: 08, 09$/);
});

test('names the homes whose sensors are silent or low', async () => {
  await enrol();
  await db
    .updateTable('sensor_state')
    .set({ last_seen_at: at('2026-03-02T07:29:00+08:00'), battery: 12 })
    .execute();
  const findings = await look();
  expect(statusOf(findings, 'sensorsSilent', 'batteryLow', 'sensors')).toEqual({
    sensorsSilent: 'warn',
    batteryLow: 'warn',
    sensors: undefined,
  });
});

test('finds messages that did not go out and alerts that nobody moves on', async () => {
  const { communityId, householdId } = await enrol();
  const late = at('2026-03-02T08:57:00+08:00');
  const message = {
    community_id: communityId,
    direction: 'out' as const,
    kind: 'page' as const,
    channel: 'sms',
    phone: '+8619900000001',
    text: '',
    created_at: late,
  };
  const failed = { state: 'failed' as const, failure: 'unreachable', settled_at: late };
  await db
    .insertInto('message')
    .values([
      { ...message, id: crypto.randomUUID(), state: 'planned', next_attempt_at: late },
      { ...message, ...failed, id: crypto.randomUUID() },
      { ...message, ...failed, id: crypto.randomUUID(), failure: 'stood_down' },
    ])
    .execute();
  await db
    .insertInto('alert')
    .values({
      id: crypto.randomUUID(),
      household_id: householdId,
      community_id: communityId,
      on_date: '2026-03-02',
      reason: 'no_signal',
      deadline_at: late,
      opened_at: late,
      status: 'open',
      ladder: JSON.stringify(DEFAULT_LADDER),
      next_step_at: late,
    })
    .execute();
  const findings = await look();
  expect(statusOf(findings, 'messagesStuck', 'messagesFailed', 'alertsOverdue')).toEqual({
    messagesStuck: 'fail',
    messagesFailed: 'warn',
    alertsOverdue: 'fail',
  });
  expect(findings.find(({ check }) => check === 'messagesFailed')?.text).toMatch(/^1 /);
  expect(JSON.stringify(findings)).not.toContain('19900000001');
});

test('sees a clock that was set back', async () => {
  await enrol();
  await touchWatermark(db, 'intake', { now: () => NOW.add({ minutes: 30 }) }, 10_000);
  expect(statusOf(await look(), 'clockBack')).toEqual({ clockBack: 'fail' });
});

test('names the homes with open tickets, with a sensor that never reported, and with what cannot be read', async () => {
  const { communityId, householdId, sensorId, home } = await enrol();
  const draft = { ...home, communityId, code: '08' };
  const other = kept(await createHousehold(db, draft, BY, NOW));
  kept(await createSensor(db, Buffer.alloc(32), { householdId: other.id }, BY, NOW));
  const ticket = {
    household_id: householdId,
    opened_at: at('2026-03-01T09:00:00+08:00'),
    due_on: '2026-03-03',
  };
  await db
    .insertInto('ticket')
    .values([
      { ...ticket, id: crypto.randomUUID(), sensor_id: sensorId, kind: 'clock_wrong' },
      { ...ticket, id: crypto.randomUUID(), sensor_id: sensorId, kind: 'tamper' },
      { ...ticket, id: crypto.randomUUID(), sensor_id: null, kind: 'visit_asked' },
    ])
    .execute();
  await db
    .insertInto('quarantine')
    .values({
      sensor_id: sensorId,
      received_at: at('2026-03-02T08:00:00+08:00'),
      topic: `pact/v1/${sensorId}/event`,
      reason: 'not_json',
      payload: Buffer.from('garbage of somebody'),
      size: 19,
    })
    .execute();
  const findings = await look();
  const said = ['neverReported', 'clockWrong', 'tampered', 'visitAsked', 'quarantined'];
  expect(findings.filter(({ check }) => said.includes(check)).map((one) => one.text.slice(-4))).toEqual([
    ': 08',
    ...Array.from({ length: 4 }, () => ': 07'),
  ]);
  expect(statusOf(findings, ...said, 'sensorsSilent', 'sensors')).toEqual({
    ...Object.fromEntries(said.map((check) => [check, 'warn'])),
    sensorsSilent: undefined,
    sensors: undefined,
  });
  expect(JSON.stringify(findings)).not.toContain('garbage');
});

test('names sources that are not heard, with what to do, and devices that do not count', async () => {
  const { communityId, sensorId } = await enrol();
  const heard = await addSource(db, communityId, '3号楼网关');
  const away = await addSource(db, communityId, '4号楼网关');
  const refused = await addSource(db, communityId, '5号楼网关');
  await addSource(db, communityId, '6号楼网关');
  await db
    .updateTable('source')
    .set({ created_at: at('2026-03-02T08:50:00+08:00') })
    .execute();
  const stand = (id: string, state: SourceState, problem: string | null) =>
    noteSourceState(
      db,
      id,
      { state, problem, lastMessageAt: null, refused: 0, lastRefusal: null, looksLike: null },
      NOW.subtract({ minutes: 7 }),
    );
  await stand(heard, 'connected', null);
  await stand(away, 'away', 'unreachable');
  await stand(refused, 'refused', 'bad_credentials');
  const when = '2026-03-02T08:59:00+08:00';
  await noteSightings(
    db,
    [
      sightingOf(heard, 'paired', when, { refusal: 'too_short', reading: null, became: null }),
      sightingOf(heard, 'door', when),
      sightingOf(heard, 'lamp', when, { reading: null }),
    ],
    NOW,
  );
  await db
    .updateTable('device')
    .set({ sensor_id: sensorId, format: 'netvox_r311a' })
    .where('address', '=', 'paired')
    .execute();
  const codec = { communityId, name: '门磁', code: 'function decodeUplink() {}', mapping: {} };
  const { id: codecId } = kept(await createCodec(db, codec, BY, NOW));
  await noteCodecStop(db, codecId, 'codec_too_slow', NOW.subtract({ hours: 1 }));

  const silent = await look();
  expect(statusOf(silent, 'bridgeAway', 'bridge', 'sourceAway')).toEqual({
    bridgeAway: 'fail',
    bridge: undefined,
    sourceAway: undefined,
  });
  const hold = holdBridge({
    connectionString: database.url,
    begin: async () => undefined,
    end: async () => undefined,
    outage: { failed: () => undefined, succeeded: () => undefined },
  });
  await hold.begun;
  const findings = await look();
  await hold.stop();
  const textOf = (check: string) => findings.find((finding) => finding.check === check)?.text;
  expect(textOf('sourceAway')).toMatch(/4号楼网关.* 7 minutes \(unreachable\)/);
  expect(textOf('sourceRefused')).toMatch(/5号楼网关.* 7 minutes \(bad_credentials\)/);
  expect(textOf('sourceWaiting')).toMatch(/6号楼网关.* 10 minutes/);
  expect(textOf('devicesRefused')).toMatch(/1 homes.*: 07$/);
  expect(textOf('polarityUntested')).toMatch(/1 homes.*: 07/);
  expect(textOf('devicesUnpaired')).toMatch(/^1 devices.*3号楼网关$/);
  expect(textOf('codecsStopped')).toContain('门磁');
  expect(textOf('bridge')).toBeUndefined();
});

test('takes no other program at the port for the service', async () => {
  const other = createHttpServer((_request, answer) => answer.end('{"ok":true}')).listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  env = { ...env, PACT_HTTP_PORT: String((other.address() as { port: number }).port) };
  expect(statusOf(await look(), 'portAnswers', 'portTaken')).toEqual({
    portAnswers: undefined,
    portTaken: 'fail',
  });
  await new Promise((resolve) => other.close(resolve));
});

test('sees whether the service answers at the ports', async () => {
  const server = createHttpServer((_request, answer) =>
    answer.end('{"ok":true,"service":"curtain-pact"}'),
  ).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  env = { ...env, PACT_HTTP_PORT: String(port) };
  expect(statusOf(await look(), 'portAnswers', 'portSilent')).toEqual({
    portAnswers: 'ok',
    portSilent: undefined,
  });
  await new Promise((resolve) => server.close(resolve));
  expect(statusOf(await look(), 'portAnswers', 'portSilent')).toEqual({
    portAnswers: undefined,
    portSilent: 'fail',
  });
});

test('says that the database cannot be reached, and that its password is nobody’s business', async () => {
  env = { ...env, DATABASE_URL: 'postgresql://pact:hunter2@127.0.0.1:1/pact' };
  const findings = await look();
  expect(statusOf(findings, 'databaseAway', 'database')).toEqual({
    databaseAway: 'fail',
    database: undefined,
  });
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

test('says that the database has yet to be migrated, and leaves it alone', async () => {
  await db.executeQuery({ sql: 'drop schema public cascade', parameters: [] } as never);
  await db.executeQuery({ sql: 'create schema public', parameters: [] } as never);
  expect(statusOf(await look(), 'databaseOld', 'database')).toEqual({
    databaseOld: 'fail',
    database: undefined,
  });
  const tables = await db.introspection.getTables();
  expect(tables).toEqual([]);
});

test('sees a server key that others can read', async () => {
  const file = join(folder, 'data', 'server.key');
  await writeFile(file, 'key', { mode: 0o600 });
  expect(statusOf(await look(), 'keyExposed')).toEqual({ keyExposed: undefined });
  await chmod(file, 0o644);
  expect(statusOf(await look(), 'keyExposed')).toEqual({ keyExposed: 'fail' });
  await rm(file);
});

test('makes no database where there is none, and fails with 1', async () => {
  const ran = await runPact(['doctor', '--json'], {
    PACT_DATA_DIR: join(folder, 'nowhere'),
    PACT_HTTP_PORT: '0',
  });
  expect(ran.code).toBe(1);
  const { ok, findings } = JSON.parse(ran.stdout);
  expect(ok).toBe(false);
  expect(statusOf(findings, 'dataMissing', 'database')).toEqual({ dataMissing: 'fail', database: undefined });
});
