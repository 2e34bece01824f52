import { setTimeout as wait } from 'node:timers/promises';
import { createPostgresBackend, type Job, type PgPool, Queue, runMigrations, Worker } from 'bullmq';
import pg from 'pg';
import { createClient, createPool } from '#store/connect.ts';
import { leaveAll } from '#store/leave-silent.ts';
import { checkRedis, linkRedis } from './redis.ts';

export type QueueConfig = {
  connectionString: string;
  /** With an address the jobs live in Redis, else in PostgreSQL. */
  redisUrl: string | undefined;
  /** Wall milliseconds that starting waits for a Redis that is away. */
  redisPatienceMs: number;
};

/** What a job may ask for. It carries nothing: the database knows what is due. */
export type JobName = 'advance' | 'deliver';

export type JobQueue = {
  /** Asks for a run after `delayMs` of wall time; `key` keeps equal requests from piling up. */
  add(name: JobName, key: string, delayMs: number): Promise<void>;
  /** Rejects when no job could be added now. */
  ping(): Promise<void>;
  close(): Promise<void>;
};

export type JobWorker = { close(): Promise<void> };

const NAME = 'escalation';
// A killed worker's job starts again in about ten seconds, not in a minute.
const STALLED = { lockDuration: 5_000, stalledInterval: 5_000, maxStalledCount: 5 };
const KEEP_NOTHING = { removeOnComplete: true, removeOnFail: { count: 100 } };
/** A Redis that is away or frozen is known as such in this time: whoever adds a job has other work to do. */
const MOST_COMMAND_MS = 1_000;
/** A line on which Redis says nothing for so long though it was asked is dead, and left for a new one. */
const SILENT = { socketTimeout: 3_000 };
/** The same of a worker, which asks Redis to answer once there is a job, or after ten seconds at most. */
const SILENT_WHILE_WAITING = { socketTimeout: 15_000 };
/** The same of a PostgreSQL, which may be busy. */
const MOST_STATEMENT_MS = 5_000;
const MOST_CLOSE_MS = 1_500;
/** Where BullMQ looks for its tables when the pool is ours. */
const SEARCH_PATH = '-c search_path=bullmq';

/**
 * Makes the queue's own tables or checks its Redis. Must have gone through before a queue or worker is
 * built: one that is built while its database is away stays broken for ever.
 * @throws PactError REDIS_UNSAFE when Redis could forget jobs, REDIS_UNREACHABLE when it is not there
 */
export async function prepareJobs({
  connectionString,
  redisUrl,
  redisPatienceMs,
}: QueueConfig): Promise<void> {
  if (redisUrl) return checkRedis(redisUrl, redisPatienceMs);
  const client = createClient({ connectionString, name: 'curtain-pact-jobs-migrate' });
  await client.connect();
  try {
    await runMigrations(client);
  } finally {
    await client.end();
  }
}

export async function openQueue(config: QueueConfig, onError: (error: Error) => void): Promise<JobQueue> {
  const { redisUrl, connectionString } = config;
  const link = redisUrl ? linkRedis(redisUrl) : undefined;
  // Without these, adding a job would wait until Redis is back, and the sweep with it.
  const impatient = { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: MOST_COMMAND_MS };
  const pool = openPool(connectionString, onError);
  const queue = link
    ? new Queue(NAME, { connection: { ...link.options, ...SILENT, ...impatient } })
    : new Queue(NAME, { connection: jobsPool(pool) }, createPostgresBackend);
  queue.on('error', onError);
  await queue.waitUntilReady();
  return {
    async add(name, key, delayMs) {
      await queue.add(
        name,
        {},
        { jobId: `${name}-${key}`, delay: Math.max(0, Math.round(delayMs)), ...KEEP_NOTHING },
      );
    },
    async ping() {
      await queue.getDelayedCount();
    },
    async close() {
      link?.giveUp();
      await closeInTime(queue.close(), pool, onError);
    },
  };
}

export async function openWorker(
  config: QueueConfig,
  handle: (name: JobName) => Promise<void>,
  onError: (error: Error) => void,
): Promise<JobWorker> {
  const { redisUrl, connectionString } = config;
  const link = redisUrl ? linkRedis(redisUrl) : undefined;
  const run = (job: Job) => handle(job.name as JobName);
  const options = { concurrency: 4, ...STALLED };
  const pool = openPool(connectionString, onError);
  const worker = link
    ? new Worker(NAME, run, {
        connection: { ...link.options, ...SILENT_WHILE_WAITING, maxRetriesPerRequest: null },
        ...options,
      })
    : new Worker(NAME, run, { connection: jobsPool(pool), ...options }, createPostgresBackend);
  worker.on('error', onError);
  const close = async () => {
    link?.giveUp();
    await closeInTime(worker.close(), pool, onError);
  };
  try {
    // One whose first look at its tables fails would try for ever without a pause, and starve all else in the process.
    if (!link) await worker.waitUntilReady();
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

/** BullMQ asks for the part of pg that it uses, in types of its own. */
const jobsPool = (pool: pg.Pool) => pool as unknown as PgPool;

/** Of ours, and not BullMQ's own, which would wait for ever on a line that is dead. Opens nothing before it is asked. */
function openPool(connectionString: string, onError: (error: Error) => void): pg.Pool {
  return createPool({
    connectionString,
    name: 'curtain-pact-jobs',
    // One of the worker's listens.
    size: 4,
    queryTimeoutMs: MOST_STATEMENT_MS,
    settings: SEARCH_PATH,
    types: pg.types,
    onError,
  });
}

/** A server that is frozen or gone answers no goodbye; the jobs that were under way are taken up as stalled. */
async function closeInTime(
  closing: Promise<unknown>,
  pool: pg.Pool,
  onError: (error: Error) => void,
): Promise<void> {
  const closed = closing
    .then(() => pool.end())
    .catch(onError)
    .then(() => true);
  const isClosed = await Promise.race([closed, wait(MOST_CLOSE_MS, false, { ref: false })]);
  if (!isClosed) leaveAll(pool);
}
