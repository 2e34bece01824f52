import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { loadCredentials } from './load-credentials.ts';
import { markPresence } from './mark-presence.ts';
import { MOST_QUARANTINED, quarantine } from './quarantine.ts';
import { MORNING, openSensors } from './sensor-fixture.ts';

let database: TestDatabase;
let sensors: Awaited<ReturnType<typeof openSensors>>;

beforeAll(async () => {
  database = await createTestDatabase();
  sensors = await openSensors(database.url);
});
beforeEach(() => sensors.enrol());
afterAll(async () => {
  await sensors.pool.end();
  await database.drop();
});

test('a broker that notices late that a sensor has moved on does not mark it offline', async () => {
  const mark = (online: boolean, connection: string) =>
    markPresence(sensors.pool, [{ sensorId: 'a', online, connection }]);
  await mark(true, 'one/1');
  await mark(true, 'two/1');
  await mark(false, 'one/1');
  expect(await sensors.stateOf('a')).toMatchObject({ online: true });
  await mark(false, 'two/1');
  expect(await sensors.stateOf('a')).toMatchObject({ online: false });
});

test('presence of a sensor that nobody enrolled is not written', async () => {
  await markPresence(sensors.pool, [{ sensorId: 'stranger', online: true, connection: 'one/1' }]);
  expect(await sensors.stateOf('stranger')).toBeUndefined();
});

test('twenty unreadable payloads are kept of a sensor, the newest, and all are counted', async () => {
  // Of the other nothing is known yet: its presence is written a moment after it came.
  await markPresence(sensors.pool, [{ sensorId: 'a', online: true, connection: 'one/1' }]);
  const unread = (sensorId: string, number: number) => ({
    sensorId,
    receivedAt: new Date(MORNING + number),
    topic: `pact/v1/${sensorId}/event`,
    reason: 'not_json',
    payload: Buffer.from(`garbage ${number}`),
  });
  await quarantine(sensors.pool, [unread('b', 0), ...Array.from({ length: 50 }, (_, n) => unread('a', n))]);
  await quarantine(sensors.pool, [unread('a', 50), unread('a', 51), unread('stranger', 1)]);
  const { rows } = await sensors.pool.query<{ sensor_id: string; kept: number; newest: Buffer }>(
    `select sensor_id, count(*)::int as kept, (array_agg(payload order by id desc))[1] as newest
     from quarantine group by 1 order by 1`,
  );
  expect(rows.map((row) => [row.sensor_id, row.kept, row.newest.toString()])).toEqual([
    ['a', MOST_QUARANTINED, 'garbage 51'],
    ['b', 1, 'garbage 0'],
  ]);
  expect(await sensors.stateOf('a')).toMatchObject({ quarantined: 52 });
  expect(await sensors.stateOf('b')).toMatchObject({ quarantined: 1 });
});

test('credentials of many sensors come at once, and strangers are missing', async () => {
  await sensors.pool.query(`update sensor set retired_at = $1 where id = 'b'`, [new Date(MORNING)]);
  const found = await loadCredentials(sensors.pool, ['a', 'b', 'stranger']);
  expect([...found].map(([id, { retired }]) => [id, retired]).sort()).toEqual([
    ['a', false],
    ['b', true],
  ]);
});
