import { Temporal } from 'temporal-polyfill';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEFAULT_LADDER } from '#pact/ladder.ts';
import { createScaledClock } from '#platform/clock.ts';
import { createLogger } from '#platform/logger.ts';
import { startAll, stopAll } from '#platform/service.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { changeAlert } from '#store/alert/change-alert.ts';
import { openAlerts } from '#store/alert/open-alerts.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { createAlarm } from './alarm.ts';
import { createEscalation } from './create-escalation.ts';

let database: TestDatabase;
let db: Db;
let seed: Seed;
const logger = createLogger('silent');
const failures: Error[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(
    createPool({
      connectionString: database.url,
      size: 8,
      name: 'test',
      onError: (error) => failures.push(error),
    }),
  );
  seed = await seedCommunity(db);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const SPEED = 120;
const NEVER = 3_600_000;
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.stop()));
});

/** One escalation process: its alarm, its worker and its sweep, on a morning that runs 120 times as fast. */
async function startProcess(
  sweepEveryMs = 250,
  clock = createScaledClock(Temporal.Instant.from('2026-11-24T08:00:00+08:00'), SPEED),
) {
  const config = { connectionString: database.url, redisUrl: undefined, sweepEveryMs };
  const alarm = createAlarm(config, logger);
  const escalation = createEscalation(config, {
    db,
    clock,
    logger,
    queue: alarm.queue,
    deliverDue: async () => 0,
  });
  const services = [alarm, escalation];
  await startAll(services);
  running.push({ stop: () => stopAll(services) });
  return { clock, alarm };
}

async function openAlert(at: Temporal.Instant): Promise<{ home: SeededHome; alertId: string }> {
  const home = await seed.addHome();
  await db.transaction().execute((tx) =>
    openAlerts(
      tx,
      [
        {
          householdId: home.id,
          communityId: seed.communityId,
          onDate: '2026-11-24',
          deadlineAt: at,
          reason: 'no_signal',
          silentSince: undefined,
          ladder: DEFAULT_LADDER,
        },
      ],
      at,
    ),
  );
  const { id } = await db
    .selectFrom('alert')
    .select('id')
    .where('household_id', '=', home.id)
    .executeTakeFirstOrThrow();
  return { home, alertId: id };
}

const pagesOf = (alertId: string) =>
  db
    .selectFrom('message')
    .select(['step', 'person_id', 'created_at'])
    .where('alert_id', '=', alertId)
    .where('kind', '=', 'page')
    .orderBy('step')
    .orderBy('created_at')
    .execute();

/** Whom each step paged, in the order of the steps. */
const stepsOf = async (alertId: string) =>
  [...Map.groupBy(await pagesOf(alertId), (page) => page.step).values()].map(
    (pages) => new Set(pages.map((page) => page.person_id)),
  );

const WAIT = { timeout: 20_000, interval: 50 };

describe('escalation', () => {
  it('walks the whole ladder on time when nobody answers', async () => {
    const { clock, alarm } = await startProcess();
    const openedAt = clock.now();
    const { home, alertId } = await openAlert(openedAt);
    alarm.wake();
    await vi.waitFor(async () => expect(await stepsOf(alertId)).toHaveLength(4), WAIT);
    expect(await stepsOf(alertId)).toEqual([
      new Set([home.primaryId]),
      new Set([home.backupId, home.primaryId]),
      new Set(home.neighbourIds),
      new Set([seed.officeId]),
    ]);
    const minutes = (await pagesOf(alertId)).map(
      (page) => (page.created_at.getTime() - openedAt.epochMilliseconds) / 60_000,
    );
    for (const [index, least] of [0, 3, 3, 6, 6, 10].entries())
      expect(minutes[index]).toBeGreaterThanOrEqual(least);
  });

  it('is woken by its job alone when no sweep comes', async () => {
    const { clock, alarm } = await startProcess(NEVER);
    const { alertId } = await openAlert(clock.now());
    alarm.wake();
    await vi.waitFor(async () => expect((await stepsOf(alertId)).length).toBeGreaterThanOrEqual(2), WAIT);
  });

  it('finds by its sweep what no job came for', async () => {
    const { clock } = await startProcess(200);
    const { alertId } = await openAlert(clock.now());
    await vi.waitFor(async () => expect((await stepsOf(alertId)).length).toBeGreaterThanOrEqual(1), WAIT);
  });

  it('pages each person once per step when two processes race for the same alerts', async () => {
    const first = await startProcess(50);
    await startProcess(50, first.clock);
    const alerts = await Promise.all(Array.from({ length: 15 }, () => openAlert(first.clock.now())));
    for (let call = 0; call < 20; call += 1) first.alarm.wake();
    await vi.waitFor(async () => {
      for (const { alertId } of alerts) expect(await stepsOf(alertId)).toHaveLength(4);
    }, WAIT);
    for (const { alertId } of alerts) {
      const keys = (await pagesOf(alertId)).map((page) => `${page.step}/${page.person_id}`);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys).toHaveLength(6);
    }
  });

  it('stops paging once somebody has recorded an outcome', async () => {
    const { clock, alarm } = await startProcess();
    const { home, alertId } = await openAlert(clock.now());
    alarm.wake();
    await vi.waitFor(async () => expect(await stepsOf(alertId)).toHaveLength(1), WAIT);
    await changeAlert(
      db,
      alertId,
      { kind: 'record_outcome', outcome: 'safe', by: home.primaryId },
      clock.now(),
    );
    const later = clock.now().add({ minutes: 5 });
    await vi.waitFor(() => expect(Temporal.Instant.compare(clock.now(), later)).toBe(1), WAIT);
    expect(await stepsOf(alertId)).toHaveLength(1);
  });
});
