import { setTimeout as wait } from 'node:timers/promises';
import { createPostgresBackend, type Job, Queue, runMigrations, Worker } from 'bullmq';
import pg from 'pg';
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
const MOST_CLOSE_MS = 1_500;

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
  const client = new pg.Client({ connectionString, application_name: 'curtain-pact-jobs-migrate' });
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
  const queue = link
    ? new Queue(NAME, { connection: { ...link.options, ...impatient } })
    : new Queue(NAME, { connection: { connectionString, max: 3 } }, createPostgresBackend);
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
      await queue.close().catch(onError);
    },
  };
}

export function openWorker(
  config: QueueConfig,
  handle: (name: JobName) => Promise<void>,
  onError: (error: Error) => void,
): JobWorker {
  const { redisUrl, connectionString } = config;
  const link = redisUrl ? linkRedis(redisUrl) : undefined;
  const run = (job: Job) => handle(job.name as JobName);
  const options = { concurrency: 4, ...STALLED };
  const worker = link
    ? new Worker(NAME, run, { connection: { ...link.options, maxRetriesPerRequest: null }, ...options })
    : new Worker(NAME, run, { connection: { connectionString, max: 3 }, ...options }, createPostgresBackend);
  worker.on('error', onError);
  return {
    async close() {
      link?.giveUp();
      // A frozen Redis answers no goodbye; the jobs it holds are taken up as stalled.
      await Promise.race([worker.close(), wait(MOST_CLOSE_MS, undefined, { ref: false })]);
    },
  };
}
