import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { Registry } from 'prom-client';
import { systemClock } from '#platform/clock.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';
import { reasonOf } from '#platform/errors.ts';
import { createLogger } from '#platform/logger.ts';
import { createSensorSecret, hashSensorSecret } from '#platform/sensor-secret.ts';
import { type Broker, createBroker } from '#services/broker/broker.ts';
import type { IntakeStore } from '#services/broker/intake-queue.ts';
import { createPool } from '#store/connect.ts';
import { migrateToLatest } from '#store/migrate.ts';
import type { LoadOrder, LoadResult } from './intake-load.ts';

/** What a bench of the broker stands on: a PostgreSQL of its own, enrolled sensors, the broker, the load generator. */
export type Bed = {
  folder: string;
  pool: pg.Pool;
  connectionString: string;
  dataDirectory: string;
  secrets: string[];
  broker: Broker;
  generator: ChildProcess;
};

const SECRET_KEY = 'bench';

/** @param storeOf where messages go instead of the database */
export async function withBed<T>(
  options: {
    sensors: number;
    tls?: { certFile: string; keyFile: string };
    storeOf?: (pool: pg.Pool) => IntakeStore;
    /** Of the sensors' secrets, where another process has to have it too. */
    secretKey?: string;
  },
  work: (bed: Bed, undo: (() => unknown)[]) => Promise<T>,
): Promise<T> {
  const { sensors, tls, storeOf, secretKey = SECRET_KEY } = options;
  const folder = await mkdtemp(join(tmpdir(), 'curtain-pact-bench-'));
  const undo: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const postgres = await startEmbeddedPostgres({
      dataDir: folder,
      sharedDir: join(folder, 'shared'),
      log: () => undefined,
    });
    undo.push(() => postgres.stop());
    await migrateToLatest(postgres.connectionString);
    const pool = createPool({
      connectionString: postgres.connectionString,
      size: 4,
      name: 'bench',
      onError: () => undefined,
    });
    undo.push(() => pool.end());
    const secrets = await enrol(pool, sensors, secretKey);
    const broker = createBroker(
      {
        host: '127.0.0.1',
        port: 0,
        wsPort: undefined,
        tls: tls && { port: 0, ...tls },
        maxConnections: sensors * 2,
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
    const generator = fork(fileURLToPath(new URL('./intake-load.ts', import.meta.url)));
    undo.push(() => generator.kill());
    const { dataDirectory, connectionString } = postgres;
    return await work({ folder, pool, connectionString, dataDirectory, secrets, broker, generator }, undo);
  } finally {
    for (const step of undo.toReversed())
      await Promise.resolve(step()).catch((error: unknown) => console.error(reasonOf(error)));
  }
}

export async function order(generator: ChildProcess, message: LoadOrder): Promise<LoadResult> {
  generator.send(message);
  const [answer] = (await once(generator, 'message')) as [LoadResult];
  return answer;
}

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

export const machine = (): string => `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores`;

export async function versions(pool: pg.Pool): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ server_version: string }>('show server_version');
  const packageJson = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  return {
    node: process.versions.node,
    postgresql: rows[0]?.server_version ?? '',
    aedes: packageJson.dependencies.aedes,
  };
}
