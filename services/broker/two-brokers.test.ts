import type pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { statusTopic } from '#contracts/mqtt/topics.ts';
import { createManualClock } from '#platform/clock.ts';
import { createLogger } from '#platform/logger.ts';
import { hashSensorSecret } from '#platform/sensor-secret.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { retireSensor } from '#store/register/sensor.ts';
import { forgetBrokers } from '#store/sensor/broker-presence.ts';
import { createRevocationWatch } from './follow-revocations.ts';
import { type BrokerFixture, closed, enrolSensors, say, startBroker } from './testing/broker-fixture.ts';

const SENSOR = 'sensor-of-two';
const clock = createManualClock('2026-11-24T00:00:00Z');
let database: TestDatabase;
let admin: pg.Pool;
let db: Db;
const running: BrokerFixture[] = [];

const start = async (touch: () => Promise<void> = async () => undefined) => {
  const fixture = await startBroker(database.url, {}, { clock, touch });
  running.push(fixture);
  return fixture;
};
const stateOf = async () =>
  (await admin.query('select * from sensor_state where sensor_id = $1', [SENSOR])).rows[0];
const untilOnline = (online: boolean) =>
  vi.waitFor(async () => expect(await stateOf()).toMatchObject({ online }), { timeout: 10_000 });
/** By the id of the broker that has it. */
const brokerOf = async () => String((await stateOf())?.connection).split('/')[0];

beforeAll(async () => {
  database = await createTestDatabase();
  admin = createPool({ connectionString: database.url, size: 4, name: 'admin', onError: () => undefined });
  db = createDatabase(admin);
  await enrolSensors(admin, [SENSOR]);
});
afterEach(async () => {
  for (const fixture of running.splice(0)) await fixture.stop();
  await admin.query('delete from event');
  await admin.query('delete from sensor_state');
  await admin.query('update sensor set retired_at = null');
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

test('one report by two brokers is one event, and either connection may say it', async () => {
  const [one, other] = [await start(), await start()];
  const [first, second] = [await one.connect(SENSOR), await other.connect(SENSOR)];
  await Promise.all([first, second].map((client) => say(client, SENSOR, { type: 'opened', seq: 7 })));
  await say(first, SENSOR, { type: 'closed', seq: 8 });
  const { rows } = await admin.query('select seq::int from event where sensor_id = $1 order by seq', [
    SENSOR,
  ]);
  expect(rows).toEqual([{ seq: 7 }, { seq: 8 }]);
});

test('the last will of the connection that a sensor has left takes it off no other broker’s hands', async () => {
  const [one, other] = [await start(), await start()];
  const will = {
    topic: statusTopic(SENSOR),
    payload: Buffer.from('offline'),
    qos: 1 as const,
    retain: false,
  };
  const first = await one.connect(SENSOR, { will });
  await untilOnline(true);
  const left = await brokerOf();
  const second = await other.connect(SENSOR, { will });
  await vi.waitFor(async () => expect(await brokerOf()).not.toBe(left));
  first.stream.destroy();
  await vi.waitFor(() => expect(one.broker.status().connections).toBe(0));
  // What the old broker has to say of it is written by the time that it has stopped.
  await one.broker.stop();
  expect(await stateOf()).toMatchObject({ online: true });
  second.stream.destroy();
  await untilOnline(false);
});

test('a broker that was taken for dead takes back no sensor that has gone to another', async () => {
  let held: Promise<void> | undefined;
  const [one, other] = [await start(async () => held), await start()];
  const first = await one.connect(SENSOR);
  await untilOnline(true);
  const sleeper = await brokerOf();
  // The first stands still, and is forgotten; the sensor comes again elsewhere, though its old connection still hangs.
  const { promise, resolve: wake } = Promise.withResolvers<void>();
  held = promise;
  await forgetBrokers(db, clock.now().add({ minutes: 5 }), 30_000);
  await untilOnline(false);
  await other.connect(SENSOR);
  await untilOnline(true);
  const heir = await brokerOf();
  expect(heir).not.toBe(sleeper);
  wake();
  await vi.waitFor(async () =>
    expect((await admin.query('select 1 from broker where id = $1', [sleeper])).rowCount).toBe(1),
  );
  first.stream.destroy();
  await vi.waitFor(() => expect(one.broker.status().connections).toBe(0));
  await one.broker.stop();
  expect([await brokerOf(), (await stateOf())?.online]).toEqual([heir, true]);
});

test('a sensor that is retired is shut out of every broker at once', async () => {
  const [one, other] = [await start(), await start()];
  const watches = [one, other].map(({ broker }) =>
    createRevocationWatch(database.url, broker, createLogger('silent')),
  );
  await Promise.all(watches.map((watch) => watch.start()));
  await untilListening(watches.length);
  const clients = [await one.connect(SENSOR), await other.connect(SENSOR)];
  const ended = Promise.all(clients.map(closed));
  await retireSensor(db, SENSOR, { kind: 'token', id: 'test' }, clock.now());
  await ended;
  await Promise.all(watches.map((watch) => watch.stop()));
});

test('a secret that was taken away while a broker heard nothing ends its connection at the next look', async () => {
  const { broker, connect } = await start();
  const client = await connect(SENSOR);
  await broker.recheck();
  await say(client, SENSOR, { type: 'opened', seq: 1 });
  const ended = closed(client);
  const secretHash = hashSensorSecret('the key of the tests', SENSOR, 'another secret');
  const { rows } = await admin.query(
    'update sensor x set secret_hash = $2 from sensor old where x.id = $1 and old.id = x.id returning old.secret_hash',
    [SENSOR, secretHash],
  );
  await broker.recheck();
  await ended;
  await admin.query('update sensor set secret_hash = $2 where id = $1', [SENSOR, rows[0].secret_hash]);
});

const untilListening = (count: number) =>
  vi.waitFor(async () => {
    const { rows } = await admin.query(
      `select 1 from pg_stat_activity where datname = current_database()
       and application_name = 'curtain-pact-listen-pact_sensor_revoked' and query ilike 'listen%' and state = 'idle'`,
    );
    expect(rows).toHaveLength(count);
  });
