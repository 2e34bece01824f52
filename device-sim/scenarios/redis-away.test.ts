import { describe, expect, it, type TestContext } from 'vitest';
import { createTestDatabase } from '#platform/testing/postgres.ts';
import { createRedisServer, isRedisInstalled, type RedisServer } from '#platform/testing/redis-server.ts';
import { makeTestFolder } from '#platform/testing/service-process.ts';
import { checkInvariants } from '../invariants.ts';
import { createSharedClock, type SharedTime } from '../shared-clock.ts';
import { eventually } from '../testing/eventually.ts';
import { findPagedCodes, findStepsPaged, findUnsentPages } from '../testing/pages.ts';
import { type ChildService, startChildService } from '../town/child-service.ts';
import { createTown, DEADLINE, sharedTime, type Town } from '../town/town.ts';

const SPEED = 60;

/** 45 homes that nobody hears of, and a Redis that is not started yet. */
async function createRedisTown({
  onTestFinished,
}: TestContext): Promise<{ town: Town; redis: RedisServer; env: Record<string, string> }> {
  const database = await createTestDatabase();
  const town = await createTown({ databaseUrl: database.url, withSensor: 0 });
  const redis = await createRedisServer(await makeTestFolder('redis'));
  onTestFinished(async () => {
    await redis.kill();
    await town.close();
    await database.drop();
  });
  return { town, redis, env: { ...town.env, REDIS_URL: redis.url } };
}

const queueIsReady = async ({ http }: ChildService): Promise<boolean> => {
  const answer = (await (await fetch(`${http}/readyz`)).json()) as { parts: { queue: { ok: boolean } } };
  return answer.parts.queue.ok;
};

// Side by side, each with a town and a Redis of its own: a ladder is mostly waiting.
describe.skipIf(!isRedisInstalled)(
  'a morning with its jobs in Redis (needs redis-server on PATH)',
  { concurrent: true },
  () => {
    it('pages everybody once up to the office, though Redis is killed on the way and comes back', {
      timeout: 120_000,
    }, async (context) => {
      const { town, redis, env } = await createRedisTown(context);
      await redis.start();
      const time = sharedTime(DEADLINE.subtract({ seconds: 60 }), SPEED);
      const service = await startChildService({ env, time });
      await eventually(async () => expect(await queueIsReady(service)).toBe(true));
      await eventually(async () => expect(await findStepsPaged(town.db)).toHaveLength(1));
      await redis.kill();
      expect(await queueIsReady(service)).toBe(false);
      // Redis stays away over a step of the ladder: the sweep alone finds it.
      await eventually(async () => expect(await findStepsPaged(town.db)).toHaveLength(2));
      await redis.start();
      await eventually(async () => expect(await queueIsReady(service)).toBe(true));
      await seeOfficePaged(town);
      await service.stop();
      await seeNobodyForgottenOrPagedTwice(town, time);
    });

    it('starts with a Redis that comes up after it, and pages what fell due meanwhile', {
      timeout: 120_000,
    }, async (context) => {
      const { town, redis, env } = await createRedisTown(context);
      const time = sharedTime(DEADLINE.subtract({ seconds: 60 }), SPEED);
      const starting = startChildService({ env, time });
      await redis.start();
      const service = await starting;
      await seeOfficePaged(town);
      await service.stop();
      await seeNobodyForgottenOrPagedTwice(town, time);
    });
  },
);

/** All four steps of all 45 ladders: steward; backup and steward; two neighbours; office. */
const seeOfficePaged = (town: Town) =>
  eventually(async () => {
    expect(await findStepsPaged(town.db)).toEqual([
      { step: 0, alerts: 45, pages: 45 },
      { step: 1, alerts: 45, pages: 90 },
      { step: 2, alerts: 45, pages: 90 },
      { step: 3, alerts: 45, pages: 90 },
    ]);
    expect(await findUnsentPages(town.db)).toBe(0);
  }, 40_000);

async function seeNobodyForgottenOrPagedTwice(town: Town, time: SharedTime): Promise<void> {
  expect(await findPagedCodes(town.db)).toEqual(town.homes.map((home) => home.code));
  const now = createSharedClock(time).now();
  expect(await checkInvariants(town.db, { now, graceMs: 5_000 * SPEED })).toEqual([]);
}
