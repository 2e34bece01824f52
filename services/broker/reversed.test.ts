import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createPool } from '#store/connect.ts';
import { type BrokerFixture, closed, enrolSensors, say, startBroker } from './testing/broker-fixture.ts';

let database: TestDatabase;
let admin: pg.Pool;
let broker: BrokerFixture;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = createPool({ connectionString: database.url, size: 2, name: 'admin', onError: () => undefined });
  broker = await startBroker(database.url);
});
afterAll(async () => {
  await broker.stop();
  await admin.end();
  await database.drop();
});

const turn = (id: string, reversed: boolean) =>
  admin.query('update sensor set reversed = $2 where id = $1', [id, reversed]);
const stateOf = async (id: string) =>
  (await admin.query('select curtain, position, opening from sensor_state where sensor_id = $1', [id]))
    .rows[0];

it('turns round what a sensor says that is mounted the other way, and nothing else', async () => {
  await enrolSensors(admin, ['turned']);
  await turn('turned', true);
  const sensor = await broker.connect('turned');
  await say(sensor, 'turned', { type: 'opened' });
  expect(await stateOf('turned')).toMatchObject({ curtain: 'closed', opening: false });
  await say(sensor, 'turned', { type: 'heartbeat' });
  await say(sensor, 'turned', { type: 'tamper' });
  expect(await stateOf('turned')).toMatchObject({ curtain: 'closed', opening: false });
  await say(sensor, 'turned', { type: 'closed' });
  expect(await stateOf('turned')).toMatchObject({ curtain: 'open', opening: true });
  const { rows } = await admin.query(
    `select type, opening from event where sensor_id = 'turned' order by id`,
  );
  expect(rows).toEqual([
    { type: 'closed', opening: false },
    { type: 'tamper', opening: false },
    { type: 'opened', opening: true },
  ]);
});

it('counts a position from the other end', async () => {
  await enrolSensors(admin, ['motor']);
  await turn('motor', true);
  const sensor = await broker.connect('motor');
  await say(sensor, 'motor', { type: 'position', position: 95 });
  expect(await stateOf('motor')).toMatchObject({ curtain: 'closed', position: 5 });
  await say(sensor, 'motor', { type: 'position', position: 10 });
  expect(await stateOf('motor')).toMatchObject({ curtain: 'open', position: 90, opening: true });
});

it('goes on the old way with nobody who was turned round while it was not listening', async () => {
  await enrolSensors(admin, ['stays', 'turns']);
  const [stays, turns] = [await broker.connect('stays'), await broker.connect('turns')];
  await turn('turns', true);
  await broker.broker.recheck();
  await closed(turns);
  expect(stays.connected).toBe(true);
  const again = await broker.connect('turns');
  await say(again, 'turns', { type: 'closed' });
  expect(await stateOf('turns')).toMatchObject({ curtain: 'open' });
});
