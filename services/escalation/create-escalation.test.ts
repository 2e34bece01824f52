import { Temporal } from 'temporal-polyfill';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startCuttingProxy } from '#sim/chaos/cutting-proxy.ts';
import { changeAlert } from '#store/alert/change-alert.ts';
import { openWorker, prepareJobs } from './job-queue.ts';
import { createLadders, type Ladders } from './testing/ladders.ts';

const NEVER = 3_600_000;
let ladders: Ladders;

beforeAll(async () => {
  ladders = await createLadders();
});
afterEach(() => ladders.stopAll());
afterAll(() => ladders.close());

const WAIT = { timeout: 20_000, interval: 50 };

describe('escalation', () => {
  it('walks the whole ladder on time when nobody answers', async () => {
    const { clock, alarm } = await ladders.startProcess();
    const openedAt = clock.now();
    const { home, alertId } = await ladders.openAlert(openedAt);
    alarm.wake();
    await vi.waitFor(async () => expect(await ladders.stepsOf(alertId)).toHaveLength(4), WAIT);
    expect(await ladders.stepsOf(alertId)).toEqual([
      new Set([home.primaryId]),
      new Set([home.backupId, home.primaryId]),
      new Set(home.neighbourIds),
      new Set([ladders.seed.officeId]),
    ]);
    const minutes = (await ladders.pagesOf(alertId)).map(
      (page) => (page.created_at.getTime() - openedAt.epochMilliseconds) / 60_000,
    );
    for (const [index, least] of [0, 3, 3, 6, 6, 10].entries())
      expect(minutes[index]).toBeGreaterThanOrEqual(least);
  });

  it('is woken by its job alone when no sweep comes', async () => {
    const { clock, alarm } = await ladders.startProcess({ sweepEveryMs: NEVER });
    const { alertId } = await ladders.openAlert(clock.now());
    alarm.wake();
    await vi.waitFor(
      async () => expect((await ladders.stepsOf(alertId)).length).toBeGreaterThanOrEqual(2),
      WAIT,
    );
  });

  it('finds by its sweep what no job came for', async () => {
    // Over a database of its own: no job of another test is left there.
    const quiet = await createLadders();
    try {
      const { clock } = await quiet.startProcess({ sweepEveryMs: 200 });
      const { alertId } = await quiet.openAlert(clock.now());
      await vi.waitFor(async () => expect(await quiet.stepsOf(alertId)).not.toEqual([]), WAIT);
    } finally {
      await quiet.stopAll();
      await quiet.close();
    }
  });

  it('goes on though the lines of its jobs are dead and nobody has said so, makes jobs again, and stops in time', {
    timeout: 60_000,
  }, async () => {
    const proxy = await startCuttingProxy(ladders.databaseUrl);
    onTestFinished(proxy.close);
    const silent = await ladders.startProcess({ jobsUrl: proxy.url });
    await silent.alarm.queue.ping();
    proxy.forget();
    const { alertId } = await ladders.openAlert(silent.clock.now());
    await vi.waitFor(async () => expect(await ladders.stepsOf(alertId)).toHaveLength(4), WAIT);
    await vi.waitFor(() => silent.alarm.queue.ping(), WAIT);
    proxy.forget();
    const from = performance.now();
    await silent.stop();
    expect(performance.now() - from).toBeLessThan(5_000);
  });

  it('does not start its work with jobs whose database went away meanwhile: that worker would try for ever', async () => {
    const proxy = await startCuttingProxy(ladders.databaseUrl);
    onTestFinished(proxy.close);
    const config = { connectionString: proxy.url, redisUrl: undefined, redisPatienceMs: 0 };
    await prepareJobs(config);
    await proxy.set('refusing');
    const opening = openWorker(
      config,
      async () => undefined,
      () => undefined,
    );
    await expect(opening).rejects.toThrow('ECONNREFUSED');
  });

  it('pages each person once per step when two processes race for the same alerts', async () => {
    const first = await ladders.startProcess({ sweepEveryMs: 50 });
    await ladders.startProcess({ sweepEveryMs: 50, clock: first.clock });
    const alerts = await Promise.all(Array.from({ length: 15 }, () => ladders.openAlert(first.clock.now())));
    for (let call = 0; call < 20; call += 1) first.alarm.wake();
    await vi.waitFor(async () => {
      for (const { alertId } of alerts) expect(await ladders.stepsOf(alertId)).toHaveLength(4);
    }, WAIT);
    for (const { alertId } of alerts) {
      const keys = (await ladders.pagesOf(alertId)).map((page) => `${page.step}/${page.person_id}`);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys).toHaveLength(6);
    }
  });

  it('stops paging once somebody has recorded an outcome', async () => {
    const { clock, alarm } = await ladders.startProcess();
    const { home, alertId } = await ladders.openAlert(clock.now());
    alarm.wake();
    await vi.waitFor(async () => expect(await ladders.stepsOf(alertId)).toHaveLength(1), WAIT);
    await changeAlert(
      ladders.db,
      alertId,
      { kind: 'record_outcome', outcome: 'safe', by: home.primaryId },
      clock.now(),
    );
    const later = clock.now().add({ minutes: 5 });
    await vi.waitFor(() => expect(Temporal.Instant.compare(clock.now(), later)).toBe(1), WAIT);
    expect(await ladders.stepsOf(alertId)).toHaveLength(1);
  });
});
