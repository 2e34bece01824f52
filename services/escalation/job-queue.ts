import { createPostgresBackend, type Job, Queue, runMigrations, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { PactError } from '#platform/errors.ts';

export type QueueConfig = {
  connectionString: string;
  /** With an address the jobs live in Redis, else in PostgreSQL. */
  redisUrl: string | undefined;
};

/** What a job may ask for. It carries nothing: the database knows what is due. */
export type JobName = 'advance' | 'deliver';

export type JobQueue = {
  /** Asks for a run after `delayMs` of wall time; `key` keeps equal requests from piling up. */
  add(name: JobName, key: string, delayMs: number): Promise<void>;
  close(): Promise<void>;
};

export type JobWorker = { close(): Promise<void> };

const NAME = 'escalation';
// A killed worker's job starts again in about ten seconds, not in a minute.
const STALLED = { lockDuration: 5_000, stalledInterval: 5_000, maxStalledCount: 5 };
const KEEP_NOTHING = { removeOnComplete: true, removeOnFail: { count: 100 } };

/**
 * Makes the queue's own tables or checks its Redis. Must have gone through before a queue or worker is
 * built: one that is built while its database is away stays broken for ever.
 * @throws PactError REDIS_UNSAFE when Redis could forget jobs
 */
export async function prepareJobs({ connectionString, redisUrl }: QueueConfig): Promise<void> {
  if (redisUrl) return checkRedis(redisUrl);
  const client = new pg.Client({ connectionString, application_name: 'curtain-pact-jobs-migrate' });
  await client.connect();
  try {
    await runMigrations(client);
  } finally {
    await client.end();
  }
}

export function openQueue(config: QueueConfig, onError: (error: Error) => void): JobQueue {
  const queue = config.redisUrl
    ? new Queue(NAME, { connection: redisConnection(config.redisUrl) })
    : new Queue(
        NAME,
        { connection: { connectionString: config.connectionString, max: 3 } },
        createPostgresBackend,
      );
  queue.on('error', onError);
  return {
    async add(name, key, delayMs) {
      await queue.add(
        name,
        {},
        { jobId: `${name}-${key}`, delay: Math.max(0, Math.round(delayMs)), ...KEEP_NOTHING },
      );
    },
    close: () => queue.close(),
  };
}

export function openWorker(
  config: QueueConfig,
  handle: (name: JobName) => Promise<void>,
  onError: (error: Error) => void,
): JobWorker {
  const run = (job: Job) => handle(job.name as JobName);
  const options = { concurrency: 4, ...STALLED };
  const worker = config.redisUrl
    ? new Worker(NAME, run, { connection: redisConnection(config.redisUrl), ...options })
    : new Worker(
        NAME,
        run,
        { connection: { connectionString: config.connectionString, max: 3 }, ...options },
        createPostgresBackend,
      );
  worker.on('error', onError);
  return { close: () => worker.close() };
}

const redisConnection = (url: string) => ({ url, maxRetriesPerRequest: null });

/** Delayed jobs are only as durable as Redis is told to be. */
async function checkRedis(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, connectTimeout: 5_000 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const appendOnly = (await redis.config('GET', 'appendonly')) as string[];
    const policy = (await redis.config('GET', 'maxmemory-policy')) as string[];
    if (appendOnly[1] === 'yes' && policy[1] === 'noeviction') return;
    throw new PactError(
      'REDIS_UNSAFE',
      'Redis may forget jobs: appendonly is off or its eviction policy is not noeviction',
      {
        hint: 'Set "appendonly yes" and "maxmemory-policy noeviction" in redis.conf, or unset REDIS_URL.',
      },
    );
  } finally {
    redis.disconnect();
  }
}
