import { Temporal } from 'temporal-polyfill';
import { DEFAULT_LADDER } from '#pact/ladder.ts';
import { type Clock, createScaledClock } from '#platform/clock.ts';
import { createLogger } from '#platform/logger.ts';
import { startAll, stopAll } from '#platform/service.ts';
import { createTestDatabase } from '#platform/testing/postgres.ts';
import { openAlerts } from '#store/alert/open-alerts.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { type Alarm, createAlarm } from '../alarm.ts';
import { createEscalation } from '../create-escalation.ts';

const SPEED = 120;

export type EscalationProcess = { clock: Clock; alarm: Alarm; stop(): Promise<void> };

export type Ladders = {
  db: Db;
  databaseUrl: string;
  seed: Seed;
  /** One escalation process: its alarm, its worker and its sweep, on a morning that runs 120 times as fast. */
  startProcess(options?: {
    sweepEveryMs?: number;
    clock?: Clock;
    redisUrl?: string;
    redisPatienceMs?: number;
    /** Where its jobs find PostgreSQL; the database itself by default. */
    jobsUrl?: string;
  }): Promise<EscalationProcess>;
  openAlert(at: Temporal.Instant): Promise<{ home: SeededHome; alertId: string }>;
  pagesOf(alertId: string): Promise<{ step: number | null; person_id: string | null; created_at: Date }[]>;
  /** Whom each step paged, in the order of the steps. */
  stepsOf(alertId: string): Promise<Set<string | null>[]>;
  /** Stops every process that a test left running. */
  stopAll(): Promise<void>;
  close(): Promise<void>;
};

/** A community with ladders to walk, over a database of its own. */
export async function createLadders(): Promise<Ladders> {
  const database = await createTestDatabase();
  const db = createDatabase(
    createPool({ connectionString: database.url, size: 8, name: 'test', onError: () => undefined }),
  );
  const seed = await seedCommunity(db);
  const logger = createLogger('silent');
  const running = new Set<EscalationProcess>();

  const pagesOf: Ladders['pagesOf'] = (alertId) =>
    db
      .selectFrom('message')
      .select(['step', 'person_id', 'created_at'])
      .where('alert_id', '=', alertId)
      .where('kind', '=', 'page')
      .orderBy('step')
      .orderBy('created_at')
      .execute();

  return {
    db,
    databaseUrl: database.url,
    seed,
    pagesOf,
    async startProcess({
      sweepEveryMs = 250,
      clock = startMorning(),
      redisUrl,
      redisPatienceMs = 0,
      jobsUrl = database.url,
    } = {}) {
      const config = { connectionString: jobsUrl, redisUrl, redisPatienceMs, sweepEveryMs };
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
      const process: EscalationProcess = {
        clock,
        alarm,
        async stop() {
          running.delete(process);
          await stopAll(services);
        },
      };
      running.add(process);
      return process;
    },
    async openAlert(at) {
      const home = await seed.addHome();
      const missed = {
        householdId: home.id,
        communityId: seed.communityId,
        onDate: '2026-11-24',
        deadlineAt: at,
        reason: 'no_signal' as const,
        silentSince: undefined,
        ladder: DEFAULT_LADDER,
      };
      await db.transaction().execute((tx) => openAlerts(tx, [missed], at));
      const { id } = await db
        .selectFrom('alert')
        .select('id')
        .where('household_id', '=', home.id)
        .executeTakeFirstOrThrow();
      return { home, alertId: id };
    },
    stepsOf: async (alertId) =>
      [...Map.groupBy(await pagesOf(alertId), (page) => page.step).values()].map(
        (pages) => new Set(pages.map((page) => page.person_id)),
      ),
    async stopAll() {
      await Promise.all([...running].map((process) => process.stop()));
    },
    async close() {
      await db.destroy();
      await database.drop();
    },
  };
}

const startMorning = () => createScaledClock(Temporal.Instant.from('2026-11-24T08:00:00+08:00'), SPEED);
