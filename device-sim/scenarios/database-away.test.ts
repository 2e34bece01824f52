import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sleepUntil } from '#platform/clock.ts';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from '#platform/embedded-postgres/options.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';
import { sleep } from '#platform/sleep.ts';
import { makeTestFolder } from '#platform/testing/service-process.ts';
import { findFreePort } from '../free-port.ts';
import { checkAcknowledgedEvents, checkInvariants } from '../invariants.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { createSharedClock } from '../shared-clock.ts';
import { eventually } from '../testing/eventually.ts';
import { findPagedCodes, findUnsentPages } from '../testing/pages.ts';
import { startChildService } from '../town/child-service.ts';
import { freezePostgres } from '../town/freeze-postgres.ts';
import { startLoad } from '../town/load.ts';
import { createTown, DEADLINE, openCurtains, sharedTime } from '../town/town.ts';

const SPEED = 10;

type Outage = {
  what: string;
  lastsMs: number;
  /** Takes PostgreSQL away; returns how it comes back. */
  begin(
    postgres: EmbeddedPostgres,
    options: EmbeddedPostgresOptions,
  ): Promise<() => Promise<EmbeddedPostgres>>;
};

const OUTAGES: Outage[] = [
  {
    what: 'ten seconds without PostgreSQL',
    lastsMs: 10_000,
    async begin(postgres, options) {
      await postgres.stop();
      return () => startEmbeddedPostgres(options);
    },
  },
  {
    what: 'eight seconds with a PostgreSQL that stands still',
    lastsMs: 8_000,
    async begin(postgres) {
      const thaw = await freezePostgres(postgres.dataDirectory);
      return async () => {
        thaw();
        return postgres;
      };
    },
  },
];

// Side by side, each over a PostgreSQL of its own: an outage is mostly waiting.
test.concurrent.each(OUTAGES)(
  '$what at the deadline lose no acknowledged event, and everybody is paged after them',
  {
    timeout: 120_000,
  },
  async ({ lastsMs, begin }) => {
    const folder = await makeTestFolder('away');
    const options = { dataDir: join(folder, 'data'), log: () => undefined };
    let postgres = await startEmbeddedPostgres(options);
    const town = await createTown({ databaseUrl: postgres.connectionString, withSensor: 20 });
    const never = new AbortController().signal;
    const port = await findFreePort();
    const env = { ...town.env, PACT_MQTT_PORT: String(port) };
    const sensors = town.homes.slice(0, 20).map((home) => town.sensorOf(home, `mqtt://127.0.0.1:${port}`));
    await openCurtains(env, sensors, sensors.slice(0, 10));
    const time = sharedTime(DEADLINE.subtract({ seconds: 150 }), SPEED);
    const clock = createSharedClock(time);
    const service = await startChildService({ env, time });
    const load = startLoad(sensors, createSeededRandom(7));
    await sleepUntil(clock, DEADLINE.subtract({ seconds: 30 }), never);
    await eventually(async () => expect(load.acknowledged().length).toBeGreaterThan(100));

    const bringBack = await begin(postgres, options);
    const before = load.acknowledged().length;
    await sleep(lastsMs, never);
    const meanwhile = load.acknowledged().length - before;
    postgres = await bringBack();
    const backAt = performance.now();
    await eventually(
      async () => expect(load.acknowledged().length).toBeGreaterThan(before + meanwhile + 20),
      10_000,
    );
    expect(performance.now() - backAt).toBeLessThan(10_000);
    // What was acknowledged while the database was away can only be what had been committed before.
    expect(meanwhile).toBeLessThanOrEqual(sensors.length);
    await load.finish();

    await eventually(async () => {
      expect(await findPagedCodes(town.db)).toEqual(town.homes.slice(10).map((home) => home.code));
      expect(await findUnsentPages(town.db)).toBe(0);
    });
    await service.stop();
    await Promise.all(sensors.map((sensor) => sensor.vanish()));
    expect(await checkAcknowledgedEvents(town.db, load.acknowledged())).toEqual([]);
    expect(await checkInvariants(town.db, { now: clock.now(), graceMs: 5_000 * SPEED })).toEqual([]);
    await town.close();
    await postgres.stop();
  },
);
