import { sleep } from '#platform/sleep.ts';
import { isRedisInstalled } from '#platform/testing/redis-server.ts';
import type { Drill } from '../drill.ts';

const NEVER = new AbortController().signal;
export const lacksRedis = (): string | undefined =>
  isRedisInstalled ? undefined : 'needs redis-server on PATH';

const restartedPostgres: Drill = {
  name: 'restart-postgres',
  injects: 'PostgreSQL stopped in order a second before the deadline and started again 3 s later',
  mostRecoveryMs: 10_000,
  async run(scene) {
    await scene.untilDeadline(-1_000);
    await scene.stopDatabase();
    await sleep(3_000, NEVER);
    await scene.startDatabase();
    return undefined;
  },
};

const redis = { lacks: lacksRedis, scene: { redis: true }, mostRecoveryMs: 10_000 } as const;

const restartedRedis: Drill = {
  ...redis,
  name: 'restart-redis',
  injects: 'SIGKILL of the Redis with the jobs a second before the deadline; started again at once',
  async run(scene) {
    await scene.untilDeadline(-1_000);
    await scene.redis?.kill();
    await scene.redis?.start();
    return undefined;
  },
};

const redisAway: Drill = {
  ...redis,
  name: 'redis-away',
  injects: 'no Redis from a second before the deadline to 5 s after it',
  async run(scene) {
    await scene.untilDeadline(-1_000);
    await scene.redis?.kill();
    await scene.untilDeadline(5_000);
    await scene.redis?.start();
    return undefined;
  },
};

const frozenRedis: Drill = {
  ...redis,
  name: 'stop-redis',
  injects: 'SIGSTOP of the Redis with the jobs a second before the deadline, SIGCONT 4 s later',
  async run(scene) {
    await scene.untilDeadline(-1_000);
    scene.redis?.freeze();
    await sleep(4_000, NEVER);
    scene.redis?.thaw();
    return undefined;
  },
};

export const RESTARTS: readonly Drill[] = [restartedPostgres, restartedRedis, redisAway, frozenRedis];
