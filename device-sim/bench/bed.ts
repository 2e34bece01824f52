import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { Registry } from 'prom-client';
import { systemClock } from '#platform/clock.ts';
import { createLogger } from '#platform/logger.ts';
import { createSensorSecret, hashSensorSecret } from '#platform/sensor-secret.ts';
import { type Broker, createBroker } from '#services/broker/broker.ts';
import type { IntakeStore } from '#services/broker/intake-queue.ts';
import { type BenchDatabase, startDatabase } from './database.ts';
import type { ConnectResult, LoadOrder, LoadResult } from './intake-load.ts';
import { ask } from './load-process.ts';
import { type Undo, undoing } from './undo.ts';

/** What a bench of the broker stands on: a PostgreSQL of its own, enrolled sensors, the broker, the load generator. */
export type Bed = BenchDatabase & {
  secrets: string[];
  broker: Broker;
  generator: ChildProcess;
};

const SECRET_KEY = 'bench';
const MOST_CONNECTIONS = 40_000;

type BrokerOptions = {
  tls?: { certFile: string; keyFile: string };
  /** Where messages go instead of the database. */
  storeOf?: (pool: pg.Pool) => IntakeStore;
  /** Of the sensors' secrets, where another process has to have it too. */
  secretKey?: string;
};

export async function withBed<T>(
  options: BrokerOptions & { sensors: number },
  work: (bed: Bed, undo: Undo) => Promise<T>,
): Promise<T> {
  return undoing(async (undo) => {
    const database = await startDatabase(undo);
    const secrets = await enrol(database.pool, options.sensors, options.secretKey ?? SECRET_KEY);
    const broker = await startBroker(database.pool, options, undo);
    const generator = fork(fileURLToPath(new URL('./intake-load.ts', import.meta.url)));
    undo.push(() => generator.kill());
    return work({ ...database, secrets, broker, generator }, undo);
  });
}

/** A broker over a database in which its sensors are enrolled. */
export async function startBroker(
  pool: pg.Pool,
  { tls, storeOf, secretKey = SECRET_KEY }: BrokerOptions,
  undo: Undo,
): Promise<Broker> {
  const broker = createBroker(
    {
      host: '127.0.0.1',
      port: 0,
      wsPort: undefined,
      tls: tls && { port: 0, ...tls },
      maxConnections: MOST_CONNECTIONS,
      limits: { perSecond: Number.POSITIVE_INFINITY },
    },
    {
      pool,
      clock: systemClock,
      logger: createLogger('warn'),
      registry: new Registry(),
      secretKey,
      touch: async () => undefined,
      ...(storeOf ? { store: storeOf(pool) } : {}),
    },
  );
  await broker.start();
  undo.push(() => broker.stop());
  return broker;
}

type Answer<Order> = Order extends { kind: 'publish' }
  ? LoadResult
  : Order extends { kind: 'connect' }
    ? ConnectResult
    : { done: true };

/** Has the load generator do something, until it is done. */
export const order = <Order extends LoadOrder>(
  generator: ChildProcess,
  message: Order,
): Promise<Answer<Order>> => ask(generator, message) as Promise<Answer<Order>>;

async function enrol(pool: pg.Pool, count: number, secretKey: string): Promise<string[]> {
  const secrets = Array.from({ length: count }, createSensorSecret);
  const ids = secrets.map((_, index) => `bench-${index}`);
  const hashes = secrets.map((secret, index) => hashSensorSecret(secretKey, ids[index] ?? '', secret));
  await pool.query(
    'insert into sensor (id, secret_hash, enrolled_at) select *, $3::timestamptz from unnest($1::text[], $2::bytea[])',
    [ids, hashes, new Date()],
  );
  return secrets;
}
