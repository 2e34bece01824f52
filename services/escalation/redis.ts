import { Redis, ReplyError } from 'ioredis';
import { PactError, reasonOf } from '#platform/errors.ts';
import { sleep } from '#platform/sleep.ts';

const MOST_RETRY_MS = 1_000;
const BETWEEN_TRIES_MS = 250;

export type RedisLink = {
  /** For BullMQ's `connection`. */
  options: { url: string; retryStrategy(times: number): number | null };
  /** A connection whose Redis is away gives up from here on; else closing would wait until Redis is back. */
  giveUp(): void;
};

export function linkRedis(url: string): RedisLink {
  let isGivenUp = false;
  return {
    options: {
      url,
      retryStrategy: (times) => (isGivenUp ? null : Math.min(times * 100, MOST_RETRY_MS)),
    },
    giveUp() {
      isGivenUp = true;
    },
  };
}

/**
 * Delayed jobs are only as durable as Redis is told to be. One that is away may still come up: it is waited
 * for `patienceMs`.
 * @throws PactError REDIS_UNSAFE when Redis could forget jobs, REDIS_UNREACHABLE when it does not let us in
 */
export async function checkRedis(url: string, patienceMs: number): Promise<void> {
  const givesUpAt = performance.now() + patienceMs;
  for (;;) {
    const found = await readSettings(url);
    if ('settings' in found) return refuseForgetful(found.settings);
    const { failure } = found;
    const isRefusal = failure instanceof ReplyError;
    if (isRefusal || performance.now() > givesUpAt) {
      throw new PactError(
        'REDIS_UNREACHABLE',
        `Redis ${isRefusal ? 'refuses us' : 'does not answer'}: ${reasonOf(failure)}`,
        {
          cause: failure,
          hint: 'Check REDIS_URL, its password, the network and the server, or unset it: jobs then live in PostgreSQL.',
        },
      );
    }
    await sleep(BETWEEN_TRIES_MS, new AbortController().signal);
  }
}

/** Whether this is what `checkRedis` throws of a Redis that does not answer, and may yet. */
export const isRedisAway = (error: unknown): boolean =>
  error instanceof PactError && error.code === 'REDIS_UNREACHABLE' && !(error.cause instanceof ReplyError);

type Settings = { appendonly: string; 'maxmemory-policy': string };

async function readSettings(url: string): Promise<{ settings: Settings } | { failure: unknown }> {
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    retryStrategy: () => null,
  });
  // `connect` rejects with "Connection is closed."; why it is stands in this event.
  let why: unknown;
  redis.on('error', (error) => {
    why = error;
  });
  try {
    await redis.connect();
    return { settings: { ...(await read(redis, 'appendonly')), ...(await read(redis, 'maxmemory-policy')) } };
  } catch (error) {
    if (error instanceof PactError) throw error;
    return { failure: why ?? error };
  } finally {
    redis.disconnect();
  }
}

async function read<Name extends keyof Settings>(redis: Redis, name: Name): Promise<Record<Name, string>> {
  try {
    const [, value = ''] = (await redis.config('GET', name)) as string[];
    return { [name]: value } as Record<Name, string>;
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    throw new PactError('REDIS_UNSAFE', `Redis does not say whether it may forget jobs: ${reasonOf(error)}`, {
      cause: error,
      hint: 'Let the user of REDIS_URL run CONFIG GET, or unset REDIS_URL.',
    });
  }
}

function refuseForgetful(settings: Settings): void {
  if (settings.appendonly === 'yes' && settings['maxmemory-policy'] === 'noeviction') return;
  throw new PactError(
    'REDIS_UNSAFE',
    'Redis may forget jobs: appendonly is off or its eviction policy is not noeviction',
    { hint: 'Set "appendonly yes" and "maxmemory-policy noeviction" in redis.conf, or unset REDIS_URL.' },
  );
}
