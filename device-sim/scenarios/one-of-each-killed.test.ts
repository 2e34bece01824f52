import { afterEach, describe, expect, it } from 'vitest';
import { sleepUntil } from '#platform/clock.ts';
import { createTestDatabase } from '#platform/testing/postgres.ts';
import { createRedisServer, isRedisInstalled } from '#platform/testing/redis-server.ts';
import { makeTestFolder } from '#platform/testing/service-process.ts';
import { startFleet } from '../fleet.ts';
import { checkAcknowledgedEvents, checkInvariants } from '../invariants.ts';
import { createMorningClock } from '../morning-clock.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { eventually } from '../testing/eventually.ts';
import { findAlertedCodes, findPagedCodes, findUnsentPages } from '../testing/pages.ts';
import { startLoad } from '../town/load.ts';
import { createTown, DEADLINE } from '../town/town.ts';

const SPEED = 60;
const WITH_SENSOR = 30;
const OPEN = 20;
/** Some that have opened and some that have not; each sends dozens of reports a second. */
const UNDER_LOAD = [OPEN - 5, OPEN + 5] as const;
const never = new AbortController().signal;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (let close = closers.pop(); close; close = closers.pop()) await close();
});

describe.skipIf(!isRedisInstalled)('several processes of each kind (needs redis-server on PATH)', () => {
  it('one broker, one rules and one escalation killed two seconds before the deadline, and added again later: every page leaves, and once', {
    timeout: 120_000,
  }, async () => {
    const database = await createTestDatabase();
    closers.push(database.drop);
    const town = await createTown({ databaseUrl: database.url, withSensor: WITH_SENSOR });
    closers.push(town.close);
    const redis = await createRedisServer(await makeTestFolder('redis'));
    closers.push(redis.kill);
    await redis.start();
    const plan = {
      start: DEADLINE.subtract({ minutes: 2 }),
      speedBefore: SPEED,
      slowAt: DEADLINE.subtract({ minutes: 1 }),
      speed: SPEED,
    };
    const clock = createMorningClock(plan, (paces) => fleet.follow(paces));
    const fleet = await startFleet({
      env: { ...town.env, REDIS_URL: redis.url },
      paces: clock.paces,
      kinds: ['broker', 'rules', 'escalation'],
    });
    closers.push(fleet.stop);
    const sensors = town.homes.slice(0, WITH_SENSOR).map((home) => town.sensorOf(home, fleet.urls.mqtt));
    closers.push(() => Promise.all(sensors.map((sensor) => sensor.vanish())));
    await Promise.all(sensors.map((sensor) => sensor.connect()));
    await Promise.all(sensors.slice(0, OPEN).map((sensor) => sensor.report({ type: 'opened' })));

    clock.release();
    const load = startLoad(sensors.slice(...UNDER_LOAD), createSeededRandom(20_260_304));
    await sleepUntil(clock, DEADLINE.subtract({ seconds: 2 }), never);
    await fleet.killOneOfEach();
    expect(fleet.size()).toBe(3);

    const unproven = town.homes.slice(OPEN).map((home) => home.code);
    await eventually(async () => {
      expect(await findPagedCodes(town.db)).toEqual(unproven);
      expect(await findUnsentPages(town.db)).toBe(0);
    });
    // Whoever joins under load does nothing a second time.
    await fleet.startAgain();
    expect(fleet.size()).toBe(6);
    await load.finish();
    const now = clock.now();
    await fleet.stop();

    expect(await findAlertedCodes(town.db)).toEqual(unproven);
    expect(load.acknowledged().length).toBeGreaterThan(100);
    expect(await checkAcknowledgedEvents(town.db, load.acknowledged())).toEqual([]);
    expect(await checkInvariants(town.db, { now, graceMs: 10_000 * SPEED })).toEqual([]);
  });
});
