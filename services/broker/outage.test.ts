import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { eventTopic } from '#contracts/mqtt/topics.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createPool } from '#store/connect.ts';
import { closed, connectSensor, enrolSensors, startBroker } from './testing/broker-fixture.ts';

const SENSORS = Array.from({ length: 20 }, (_, n) => `sensor-${n}`);

let database: TestDatabase;
let admin: pg.Client;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client({ connectionString: inject('postgresAdminUrl') });
  await admin.connect();
  pool = createPool({ connectionString: database.url, size: 1, name: 'judge', onError: () => undefined });
  await enrolSensors(pool, SENSORS);
});
beforeEach(() => pool.query('truncate event, sensor_state'));
afterAll(async () => {
  await pool.end();
  await admin.end();
  await database.drop();
});

const name = () => new URL(database.url).pathname.slice(1);

/** Nobody gets in, and whoever is in is thrown out, in the middle of whatever it does. */
async function takeDatabaseAway(): Promise<void> {
  await admin.query(`alter database ${name()} with allow_connections false`);
  await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name()]);
}
const bringDatabaseBack = () => admin.query(`alter database ${name()} with allow_connections true`);

/** Devices that send one message after another until told to stop, and each again until it is acknowledged. */
function startDevices(url: () => string) {
  const acknowledged = new Set<string>();
  let stopped = false;
  const device = async (sensorId: string): Promise<void> => {
    for (let seq = 1; !stopped; ) {
      try {
        const client = await connectSensor(url(), sensorId, { connectTimeout: 2_000 });
        const gone = closed(client).then(() => false);
        for (; !stopped; seq += 1) {
          const type = seq % 2 ? 'opened' : 'closed';
          const publish = client.publishAsync(eventTopic(sensorId), JSON.stringify({ type, seq }), {
            qos: 1,
          });
          const isAcknowledged = await Promise.race([publish.then(() => true).catch(() => false), gone]);
          if (!isAcknowledged) break;
          acknowledged.add(`${sensorId}/${seq}`);
        }
        client.end(true);
      } catch {
        // The broker is away or lets nobody in: connect again, as a device does.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  const running = SENSORS.map(device);
  return {
    acknowledged,
    async stop() {
      stopped = true;
      await Promise.all(running);
    },
  };
}

async function storedOnce(): Promise<Set<string>> {
  const { rows } = await pool.query<{ key: string; count: number }>(
    `select sensor_id || '/' || seq as key, count(*)::int as count from event group by 1`,
  );
  expect(rows.filter((row) => row.count > 1)).toEqual([]);
  return new Set(rows.map((row) => row.key));
}

const missing = (acknowledged: Set<string>, stored: Set<string>) => [...acknowledged.difference(stored)];

test('with PostgreSQL away under load, everything acknowledged is stored exactly once, and intake goes on', async () => {
  let stamps = 0;
  const broker = await startBroker(
    database.url,
    {},
    {
      touch: async () => {
        stamps += 1;
      },
    },
  );
  const devices = startDevices(() => broker.url);
  await vi.waitFor(() => expect(devices.acknowledged.size).toBeGreaterThan(200), 10_000);
  for (let outage = 0; outage < 2; outage += 1) {
    await takeDatabaseAway();
    await vi.waitFor(() => expect(broker.broker.status().heldMs).toBeGreaterThan(1_200), 10_000);
    const [before, stampsBefore] = [devices.acknowledged.size, stamps];
    await bringDatabaseBack();
    await vi.waitFor(() => expect(devices.acknowledged.size).toBeGreaterThan(before + 200), 15_000);
    // Rules hears at once that intake was deaf, without waiting for the next stamp.
    expect(stamps).toBeGreaterThan(stampsBefore);
  }
  await devices.stop();
  await vi.waitFor(() => expect(broker.broker.status().pending).toBe(0), 5_000);
  expect(missing(devices.acknowledged, await storedOnce())).toEqual([]);
  await broker.stop();
}, 60_000);

test('with PostgreSQL away, a sensor that connects is told to come again, and the broker lives', async () => {
  const broker = await startBroker(database.url, { limits: { ackWaitMs: 300 } });
  await takeDatabaseAway();
  await expect(broker.connect('sensor-0')).rejects.toMatchObject({ code: 3 });
  await bringDatabaseBack();
  await broker.connect('sensor-0');
  await broker.stop();
});

test('a broker killed under load has stored all it acknowledged, and its sensors’ repeats are no doubles', async () => {
  const script = fileURLToPath(new URL('./testing/broker-child.ts', import.meta.url));
  const startChild = async () => {
    const child = fork(script, [database.url]);
    const [url] = (await once(child, 'message')) as [string];
    return { child, url };
  };
  let current = await startChild();
  const devices = startDevices(() => current.url);
  for (let kill = 0; kill < 3; kill += 1) {
    const before = devices.acknowledged.size;
    await vi.waitFor(() => expect(devices.acknowledged.size).toBeGreaterThan(before + 200), 15_000);
    current.child.kill('SIGKILL');
    await once(current.child, 'exit');
    expect(missing(devices.acknowledged, await storedOnce())).toEqual([]);
    current = await startChild();
  }
  await devices.stop();
  expect(missing(devices.acknowledged, await storedOnce())).toEqual([]);
  current.child.kill('SIGKILL');
}, 60_000);
