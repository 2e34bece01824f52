import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createRedisServer,
  isRedisInstalled,
  type RedisServer,
  type RedisSettings,
} from '#platform/testing/redis-server.ts';
import { makeTestFolder } from '#platform/testing/service-process.ts';
import { startCuttingProxy } from '#sim/chaos/cutting-proxy.ts';
import { prepareJobs } from './job-queue.ts';
import { createLadders, type Ladders } from './testing/ladders.ts';

const NEVER = 3_600_000;
const WAIT = { timeout: 20_000, interval: 50 };
const servers: RedisServer[] = [];

async function redisWith(settings?: RedisSettings): Promise<RedisServer> {
  const redis = await createRedisServer(await makeTestFolder('redis'), settings);
  servers.push(redis);
  return redis;
}

async function startedRedis(settings?: RedisSettings): Promise<RedisServer> {
  const redis = await redisWith(settings);
  await redis.start();
  return redis;
}

const check = (redisUrl: string, redisPatienceMs = 0) =>
  prepareJobs({ connectionString: 'unused', redisUrl, redisPatienceMs });

describe.skipIf(!isRedisInstalled)('jobs in Redis (needs redis-server on PATH)', () => {
  let ladders: Ladders;
  beforeAll(async () => {
    ladders = await createLadders();
  });
  afterEach(async () => {
    await ladders.stopAll();
    await Promise.all(servers.splice(0).map((redis) => redis.kill()));
  });
  afterAll(() => ladders.close());

  it('trusts a Redis that keeps what it is told', async () => {
    await expect(check((await startedRedis()).url)).resolves.toBeUndefined();
  });

  it.each([
    ['forgets at a restart', { appendonly: 'no', 'maxmemory-policy': 'noeviction' }],
    ['forgets when memory is short', { appendonly: 'yes', 'maxmemory-policy': 'allkeys-lru' }],
    ['does not say which', { appendonly: 'yes', 'rename-command': ['CONFIG', ''] }],
  ])('refuses a Redis that %s', async (_how, settings) => {
    const { url } = await startedRedis(settings);
    await expect(check(url)).rejects.toMatchObject({
      code: 'REDIS_UNSAFE',
      hint: expect.stringContaining('REDIS_URL'),
    });
  });

  it('says that Redis is away, in words and with what to do', async () => {
    const { url } = await redisWith();
    await expect(check(url)).rejects.toMatchObject({
      name: 'PactError',
      code: 'REDIS_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED'),
      hint: expect.stringContaining('REDIS_URL'),
    });
  });

  it('says at once that Redis refuses the password, and never prints it', async () => {
    const { url } = await startedRedis({ appendonly: 'yes', requirepass: 'right' });
    const refusal = await check(url.replace('redis://', 'redis://:wrong-secret@'), NEVER).catch(
      (error: Error) => error,
    );
    expect(refusal).toMatchObject({ code: 'REDIS_UNREACHABLE' });
    expect(String(refusal)).not.toContain('wrong-secret');
  });

  it('walks the whole ladder by jobs alone', async () => {
    const redis = await startedRedis();
    const { clock, alarm } = await ladders.startProcess({ redisUrl: redis.url, sweepEveryMs: NEVER });
    const { home, alertId } = await ladders.openAlert(clock.now());
    alarm.wake();
    await vi.waitFor(async () => expect(await ladders.stepsOf(alertId)).toHaveLength(4), WAIT);
    expect(await ladders.stepsOf(alertId)).toEqual([
      new Set([home.primaryId]),
      new Set([home.backupId, home.primaryId]),
      new Set(home.neighbourIds),
      new Set([ladders.seed.officeId]),
    ]);
  });

  it('goes on with the jobs that Redis kept when it was killed and has come back', async () => {
    const redis = await startedRedis();
    const { clock, alarm } = await ladders.startProcess({ redisUrl: redis.url, sweepEveryMs: NEVER });
    const { alertId } = await ladders.openAlert(clock.now());
    alarm.wake();
    await vi.waitFor(async () => expect(await ladders.stepsOf(alertId)).toHaveLength(1), WAIT);
    await redis.kill();
    await expect(alarm.queue.ping()).rejects.toThrow();
    await redis.start();
    await vi.waitFor(async () => expect(await ladders.stepsOf(alertId)).toHaveLength(4), WAIT);
  });

  it.each(['killed', 'frozen'])('pages by its sweep while Redis is %s, and stops in time', async (how) => {
    const redis = await startedRedis();
    const process = await ladders.startProcess({ redisUrl: redis.url });
    if (how === 'killed') await redis.kill();
    else redis.freeze();
    const { alertId } = await ladders.openAlert(process.clock.now());
    process.alarm.wake();
    await vi.waitFor(async () => expect(await ladders.stepsOf(alertId)).toHaveLength(4), WAIT);
    const from = performance.now();
    await process.stop();
    expect(performance.now() - from).toBeLessThan(5_000);
    redis.thaw();
  });

  it('finds a new line when the one to Redis is dead and nobody has said so, and stops in time on a dead one', {
    timeout: 60_000,
  }, async () => {
    const redis = await startedRedis();
    const proxy = await startCuttingProxy(redis.url);
    onTestFinished(proxy.close);
    const process = await ladders.startProcess({ redisUrl: proxy.url });
    proxy.forget();
    await expect(process.alarm.queue.ping()).rejects.toThrow();
    await vi.waitFor(() => process.alarm.queue.ping(), WAIT);
    proxy.forget();
    const from = performance.now();
    await process.stop();
    expect(performance.now() - from).toBeLessThan(5_000);
  });

  it('starts though Redis is away and pages by its sweep, and by jobs once Redis has come', async () => {
    const redis = await redisWith();
    const { clock, alarm } = await ladders.startProcess({ redisUrl: redis.url });
    await expect(alarm.queue.ping()).rejects.toThrow();
    const { alertId } = await ladders.openAlert(clock.now());
    await vi.waitFor(async () => expect(await ladders.stepsOf(alertId)).not.toHaveLength(0), WAIT);
    await redis.start();
    await vi.waitFor(() => alarm.queue.ping(), WAIT);
    await ladders.stopAll();

    // What the sweep no longer does is done by jobs alone.
    const other = await ladders.startProcess({ redisUrl: redis.url, sweepEveryMs: NEVER });
    const { alertId: next } = await ladders.openAlert(other.clock.now());
    other.alarm.wake();
    await vi.waitFor(async () => expect(await ladders.stepsOf(next)).toHaveLength(4), WAIT);
  });

  it('stops in time while it still waits for Redis', async () => {
    const redis = await redisWith();
    const process = await ladders.startProcess({ redisUrl: redis.url });
    const from = performance.now();
    await process.stop();
    expect(performance.now() - from).toBeLessThan(5_000);
  });

  it('goes on by jobs after everything in Redis was lost, and its sweep finds what fell out', async () => {
    const redis = await startedRedis();
    const { clock, alarm } = await ladders.startProcess({ redisUrl: redis.url });
    const { alertId } = await ladders.openAlert(clock.now());
    alarm.wake();
    await vi.waitFor(async () => expect(await ladders.stepsOf(alertId)).toHaveLength(1), WAIT);
    await redis.forgetAll();
    await vi.waitFor(async () => expect(await ladders.stepsOf(alertId)).toHaveLength(4), WAIT);
    await ladders.stopAll();

    const jobsAlone = await ladders.startProcess({ redisUrl: redis.url, sweepEveryMs: NEVER });
    await redis.forgetAll();
    const { alertId: next } = await ladders.openAlert(jobsAlone.clock.now());
    jobsAlone.alarm.wake();
    await vi.waitFor(async () => expect(await ladders.stepsOf(next)).toHaveLength(4), WAIT);
  });

  it('waits at start for a Redis that comes up later', async () => {
    const redis = await redisWith();
    const starting = ladders.startProcess({
      redisUrl: redis.url,
      redisPatienceMs: 20_000,
      sweepEveryMs: NEVER,
    });
    await redis.start();
    const { clock, alarm } = await starting;
    const { alertId } = await ladders.openAlert(clock.now());
    alarm.wake();
    await vi.waitFor(async () => expect(await ladders.stepsOf(alertId)).not.toHaveLength(0), WAIT);
  });
});
