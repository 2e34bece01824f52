import { randomBytes } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { loadServerKey } from '#platform/server-key.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { migrateToLatest } from '#store/migrate.ts';
import { enrolNeighbourhood } from '../enrol.ts';
import { type Home, inventNeighbourhood } from '../neighbourhood.ts';
import { createSeededRandom } from '../seeded-random.ts';
import type { SharedTime } from '../shared-clock.ts';
import { createVirtualSensor, type SensorCredentials, type VirtualSensor } from '../virtual-sensor.ts';
import { startChildService } from './child-service.ts';

/** 45 homes over a database of their own, for services that are killed, doubled or late. */
export type Town = {
  db: Db;
  homes: readonly Home[];
  /** Settings that every service process of this town needs. */
  env: Record<string, string>;
  /** A sensor for the home; it looks for the broker at `mqttUrl` again and again. */
  sensorOf(home: Home, mqttUrl: string): VirtualSensor;
  close(): Promise<void>;
};

/** The town's morning, and eight o'clock in Shanghai. */
export const DATE = '2026-03-03';
export const DEADLINE = Temporal.Instant.from('2026-03-03T00:00:00Z');

export async function createTown(options: { databaseUrl: string; withSensor: number }): Promise<Town> {
  await migrateToLatest(options.databaseUrl);
  const secret = randomBytes(32).toString('base64url');
  const db = createDatabase(
    createPool({ connectionString: options.databaseUrl, size: 3, name: 'town', onError: () => undefined }),
  );
  const neighbourhood = inventNeighbourhood(createSeededRandom(1));
  const { homes } = neighbourhood;
  const credentials = await enrolNeighbourhood(db, neighbourhood, {
    key: await loadServerKey('', secret),
    timeZone: 'Asia/Shanghai',
    language: 'zh-CN',
    withSensor: new Set(homes.slice(0, options.withSensor).map((home) => home.code)),
    onLeave: new Set(),
    now: DEADLINE.subtract({ hours: 4 }),
  });
  return {
    db,
    homes,
    env: { DATABASE_URL: options.databaseUrl, PACT_SECRET: secret },
    sensorOf: (home, mqttUrl) =>
      createVirtualSensor(credentials.get(home.code) as SensorCredentials, {
        url: mqttUrl,
        reconnectMs: 100,
      }),
    close: () => db.destroy(),
  };
}

/**
 * An hour before the deadline: a first service hears that the curtains of `open` are drawn, and is killed. The
 * sensors of `all` stay plugged in and look for the next one on the same port.
 */
export async function openCurtains(
  env: Record<string, string>,
  all: readonly VirtualSensor[],
  open: readonly VirtualSensor[],
): Promise<void> {
  const service = await startChildService({ env, time: sharedTime(DEADLINE.subtract({ minutes: 60 }), 1) });
  await Promise.all(all.map((sensor) => sensor.connect()));
  await Promise.all(open.map((sensor) => sensor.report({ type: 'opened' })));
  await service.kill();
}

/** A clock that shows `start` now and runs `speed` times as fast as the wall, in every process alike. */
export const sharedTime = (start: Temporal.Instant, speed: number): SharedTime => ({
  start: start.toString(),
  wallMs: Date.now(),
  speed,
});
