import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { findFreePort } from '../free-port.ts';
import { checkInvariants } from '../invariants.ts';
import { createSharedClock } from '../shared-clock.ts';
import { eventually } from '../testing/eventually.ts';
import { findAlertedCodes, findStepsPaged, findUnsentPages } from '../testing/pages.ts';
import { startChildService } from '../town/child-service.ts';
import { createTown, DEADLINE, openCurtains, sharedTime, type Town } from '../town/town.ts';

const SPEED = 60;
let database: TestDatabase;
let town: Town;

beforeAll(async () => {
  database = await createTestDatabase();
  town = await createTown({ databaseUrl: database.url, withSensor: 10 });
});
afterAll(async () => {
  await town.close();
  await database.drop();
});

test('two services over one database judge a home once, open one alert and send each page once', {
  timeout: 120_000,
}, async () => {
  const port = await findFreePort();
  const sensors = town.homes.slice(0, 10).map((home) => town.sensorOf(home, `mqtt://127.0.0.1:${port}`));
  await openCurtains({ ...town.env, PACT_MQTT_PORT: String(port) }, sensors, sensors);
  await Promise.all(sensors.map((sensor) => sensor.vanish()));

  const time = sharedTime(DEADLINE.subtract({ minutes: 3 }), SPEED);
  const [one, other] = await Promise.all([
    startChildService({ env: town.env, time }),
    startChildService({ env: town.env, time }),
  ]);

  const missed = town.homes.slice(10).map((home) => home.code);
  // On to the office, so that the ladders of 35 homes have been climbed by both.
  await eventually(async () => {
    expect(await findStepsPaged(town.db)).toEqual([
      // The steward; then the backup and the steward again; then two neighbours; then the office.
      { step: 0, alerts: 35, pages: 35 },
      { step: 1, alerts: 35, pages: 70 },
      { step: 2, alerts: 35, pages: 70 },
      { step: 3, alerts: 35, pages: 70 },
    ]);
    expect(await findUnsentPages(town.db)).toBe(0);
  }, 40_000);
  await Promise.all([one.stop(), other.stop()]);

  expect(await findAlertedCodes(town.db)).toEqual(missed);
  const now = createSharedClock(time).now();
  expect(await checkInvariants(town.db, { now, graceMs: 5_000 * SPEED })).toEqual([]);
});
