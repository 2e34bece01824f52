import { afterAll, beforeAll, expect, test } from 'vitest';
import { sleep } from '#platform/sleep.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { findFreePort } from '../free-port.ts';
import { checkAcknowledgedEvents, checkInvariants } from '../invariants.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { createSharedClock } from '../shared-clock.ts';
import { eventually } from '../testing/eventually.ts';
import { findPagedCodes, findUnsentPages } from '../testing/pages.ts';
import { startChildService } from '../town/child-service.ts';
import { startLoad } from '../town/load.ts';
import { createTown, DEADLINE, openCurtains, sharedTime, type Town } from '../town/town.ts';

const KILLS = 6;
const SPEED = 60;
let database: TestDatabase;
let town: Town;

beforeAll(async () => {
  database = await createTestDatabase();
  town = await createTown({ databaseUrl: database.url, withSensor: 30 });
});
afterAll(async () => {
  await town.close();
  await database.drop();
});

test('six kills under load around the deadline lose no acknowledged event, double no page and leave nobody unpaged', {
  timeout: 120_000,
}, async () => {
  const random = createSeededRandom(20_260_303);
  const port = await findFreePort();
  const env = { ...town.env, PACT_MQTT_PORT: String(port) };
  const sensors = town.homes.slice(0, 30).map((home) => town.sensorOf(home, `mqtt://127.0.0.1:${port}`));
  const never = new AbortController().signal;

  await openCurtains(env, sensors, sensors.slice(0, 20));
  const time = sharedTime(DEADLINE.subtract({ minutes: 3 }), SPEED);
  let service = await startChildService({ env, time });
  const load = startLoad(sensors, random);
  for (let kill = 0; kill < KILLS; kill += 1) {
    await sleep(random.between(200, 2_200), never);
    await service.kill();
    service = await startChildService({ env, time });
  }
  await load.finish();

  const unproven = town.homes.slice(20).map((home) => home.code);
  await eventually(async () => {
    expect(await findPagedCodes(town.db)).toEqual(unproven);
    expect(await findUnsentPages(town.db)).toBe(0);
  });
  await service.stop();
  await Promise.all(sensors.map((sensor) => sensor.vanish()));

  const acknowledged = load.acknowledged();
  expect(acknowledged.length).toBeGreaterThan(500);
  expect(await checkAcknowledgedEvents(town.db, acknowledged)).toEqual([]);
  const now = createSharedClock(time).now();
  expect(await checkInvariants(town.db, { now, graceMs: 10_000 * SPEED })).toEqual([]);
});
