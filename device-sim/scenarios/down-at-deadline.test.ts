import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { findFreePort } from '../free-port.ts';
import { checkInvariants } from '../invariants.ts';
import { createSharedClock } from '../shared-clock.ts';
import { eventually } from '../testing/eventually.ts';
import { findAlertedCodes, findPagedCodes } from '../testing/pages.ts';
import { startChildService } from '../town/child-service.ts';
import { createTown, DEADLINE, openCurtains, sharedTime, type Town } from '../town/town.ts';

const SPEED = 10;
let database: TestDatabase;
let town: Town;

beforeAll(async () => {
  database = await createTestDatabase();
  town = await createTown({ databaseUrl: database.url, withSensor: 45 });
});
afterAll(async () => {
  await town.close();
  await database.drop();
});

test('a service that slept through the deadline hears the buffered openings before it sends anybody', {
  timeout: 120_000,
}, async () => {
  const port = await findFreePort();
  const env = { ...town.env, PACT_MQTT_PORT: String(port) };
  const sensors = town.homes.map((home) => town.sensorOf(home, `mqtt://127.0.0.1:${port}`));
  const [early, buffered] = [sensors.slice(0, 10), sensors.slice(10, 30)];

  await openCurtains(env, sensors, early);
  // The curtains are drawn while nobody listens; the devices keep it with their own time.
  const opening = buffered.map((sensor, index) =>
    sensor.report({ type: 'opened', at: DEADLINE.subtract({ minutes: 5 + index }).toString() }),
  );
  const time = sharedTime(DEADLINE.add({ minutes: 20 }), SPEED);
  const service = await startChildService({ env, time });
  await Promise.all(opening);

  await eventually(async () =>
    expect(await findPagedCodes(town.db)).toEqual(town.homes.slice(30).map((home) => home.code)),
  );
  await service.stop();
  await Promise.all(sensors.map((sensor) => sensor.vanish()));

  expect(await findAlertedCodes(town.db)).toEqual(town.homes.slice(30).map((home) => home.code));
  const { rows } = await sql<{ closedAs: string; count: number; least: number; most: number }>`
    select d.closed_as as "closedAs", count(*) as count,
      min(extract(epoch from a.opened_at))::float8 as least, max(extract(epoch from a.opened_at))::float8 as most
    from pact_day d left join alert a on a.id = d.alert_id join household h on h.id = d.household_id
    where d.on_date = '2026-03-03' and not h.is_canary group by 1 order by 1`.execute(town.db);
  expect(rows).toMatchObject([
    { closedAs: 'kept', count: 30 },
    { closedAs: 'unresolved', count: 15 },
  ]);
  // Judged a minute after we came back: not before the buffers had their chance, and not much later.
  const backAt = DEADLINE.add({ minutes: 20 }).epochMilliseconds / 1_000;
  expect(rows[1]?.least).toBeGreaterThan(backAt + 60);
  expect(rows[1]?.most).toBeLessThan(backAt + 60 + 15 * SPEED);
  const now = createSharedClock(time).now();
  expect(await checkInvariants(town.db, { now, graceMs: 5_000 * SPEED })).toEqual([]);
});
