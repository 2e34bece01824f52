import type { LogEvent } from 'kysely';
import type pg from 'pg';
import type { Registry } from 'prom-client';
import { type Clock, speedOf } from '#platform/clock.ts';
import {
  counter,
  createMeters,
  type GaugeMeter,
  gauge,
  histogram,
  type Labels,
  type Meters,
} from '#platform/metrics.ts';
import type { Db } from './database.ts';
import { type Facts, readFacts } from './facts/read-facts.ts';

const POOLS = ['services', 'intake'] as const;
export type PoolName = (typeof POOLS)[number];

/** What a process tells of its database, and of what everybody's database says: the same in every process. */
export const STORE_METRICS = {
  connections: gauge('pact_db_connections', 'Connections to PostgreSQL', {
    pool: POOLS,
    state: ['busy', 'idle'],
  }),
  waiting: gauge('pact_db_waiting', 'Requests that wait for a connection', { pool: POOLS }),
  losses: counter('pact_db_connection_losses_total', 'Connections that broke while nobody used them', {
    pool: POOLS,
  }),
  querySeconds: histogram(
    'pact_db_query_seconds',
    'Wall seconds of a statement, without those of intake’s own pool',
    [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    { outcome: ['done', 'failed'] },
  ),
  up: gauge('pact_database_up', '1 where the database has answered the last question for facts, else 0'),
  days: gauge(
    'pact_community_homes',
    'Homes under a pact by how their day of today has closed: their sum is all that are under a pact',
    { state: ['awaiting', 'kept', 'kept_late', 'visited', 'excused', 'unresolved'] },
  ),
  canaries: gauge('pact_community_canaries', 'Canaries by whether today’s page has arrived', {
    state: ['waiting', 'proven', 'unknown', 'failed'],
  }),
  alerts: gauge('pact_community_alerts', 'Open alerts of homes', { status: ['open', 'acknowledged'] }),
  alertsOverdue: gauge('pact_community_steps_overdue', 'Alerts whose step is overdue by a minute'),
  messages: gauge('pact_community_messages', 'Messages that are not yet accepted by a provider', {
    state: ['planned', 'sending'],
  }),
  messagesOverdue: gauge('pact_community_messages_overdue', 'Messages that are overdue by a minute'),
  sensors: gauge('pact_community_sensors', 'Paired sensors by whether they are heard of within their time', {
    state: ['heard', 'silent', 'never_reported'],
  }),
  batteriesLow: gauge('pact_community_batteries_low', 'Paired sensors whose battery is to be changed'),
  outages: gauge('pact_community_outages', 'Outages that go on: sensors that went silent together'),
  sourcesAway: gauge('pact_community_sources_away', 'Sources in use that are away or refuse us'),
  providersFailing: gauge('pact_community_providers_failing', 'Message providers that fail now'),
  sweepAge: gauge('pact_community_sweep_age_seconds', 'Wall seconds since the last mark of a sweep'),
  intakeAge: gauge('pact_community_intake_age_seconds', 'Wall seconds since the last mark of a broker'),
  backupAge: gauge(
    'pact_community_backup_age_seconds',
    'Wall seconds since the last backup that went through, restored once; nothing before the first one',
  ),
  clockBehind: gauge(
    'pact_clock_behind_seconds',
    'Wall seconds by which this machine’s clock is behind the newest mark in the database; 0 where it is not',
  ),
};

/** Wall milliseconds that facts are kept at least; a slow answer is kept longer, so that asking costs little. */
const KEEP_MS = 5_000;
const KEEP_TIMES = 20;
/** Wall milliseconds that a scrape waits for the database. */
const PATIENCE_MS = 2_000;

export type StoreMetrics = {
  connectionLost(pool: PoolName): void;
  /** For `createDatabase`. */
  onQuery(event: LogEvent): void;
  /** Begins to tell of a pool. */
  watchPool(name: PoolName, pool: pg.Pool): void;
  /** Begins to tell what the database says. */
  watchFacts(db: Db, clock: Clock): void;
};

export function createStoreMetrics(registry: Registry): StoreMetrics {
  const meters = createMeters(registry, STORE_METRICS);
  const pools = new Map<PoolName, pg.Pool>();
  meters.connections.readBy(() => {
    for (const [pool, { totalCount, idleCount }] of pools) {
      meters.connections.set(totalCount - idleCount, { pool, state: 'busy' });
      meters.connections.set(idleCount, { pool, state: 'idle' });
    }
  });
  meters.waiting.readBy(() => {
    for (const [pool, { waitingCount }] of pools) meters.waiting.set(waitingCount, { pool });
  });
  return {
    connectionLost: (pool) => meters.losses.add(1, { pool }),
    onQuery: ({ level, queryDurationMillis }) =>
      meters.querySeconds.observe(queryDurationMillis / 1_000, {
        outcome: level === 'error' ? 'failed' : 'done',
      }),
    watchPool: (name, pool) => void pools.set(name, pool),
    watchFacts(db, clock) {
      const ask = createFactsReader(() => readFacts(db, clock.now(), speedOf(clock)));
      tellFacts(meters, ask, clock);
    },
  };
}

/** Asks at most once in five seconds and never twice at once; `undefined` where there is no answer in time. */
function createFactsReader(read: () => Promise<Facts>): () => Promise<Facts | undefined> {
  let kept: { facts: Facts | undefined; until: number } | undefined;
  let asking: Promise<Facts | undefined> | undefined;
  const ask = async (): Promise<Facts | undefined> => {
    const startedAt = performance.now();
    // Why it did not answer is in the log of whoever needs it for their work.
    const facts = await read().catch(() => undefined);
    const now = performance.now();
    kept = { facts, until: now + Math.max(KEEP_MS, (now - startedAt) * KEEP_TIMES) };
    asking = undefined;
    return facts;
  };
  return async () => {
    if (kept && performance.now() < kept.until) return kept.facts;
    asking ??= ask();
    let timer: NodeJS.Timeout | undefined;
    const impatience = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, undefined);
    });
    return Promise.race([asking, impatience]).finally(() => clearTimeout(timer));
  };
}

type StoreMeters = Meters<typeof STORE_METRICS>;

function tellFacts(meters: StoreMeters, ask: () => Promise<Facts | undefined>, clock: Clock): void {
  meters.up.readBy(async () => meters.up.set((await ask()) ? 1 : 0));
  /** Without an answer nothing is said: what was so a while ago would read as if it were so now. */
  const told = (meter: Pick<GaugeMeter<Labels>, 'readBy' | 'forget'>, tell: (facts: Facts) => void) =>
    meter.readBy(async () => {
      const facts = await ask();
      meter.forget();
      if (facts) tell(facts);
    });
  const { days, canaries, alerts, messages, sensors } = meters;
  told(days, (facts) => {
    for (const state of STORE_METRICS.days.labels.state) days.set(facts.days[state] ?? 0, { state });
  });
  told(canaries, (facts) => {
    for (const state of STORE_METRICS.canaries.labels.state)
      canaries.set(facts.canaries[state] ?? 0, { state });
  });
  told(alerts, (facts) => {
    for (const status of STORE_METRICS.alerts.labels.status)
      alerts.set(facts.alerts[status] ?? 0, { status });
  });
  told(messages, (facts) => {
    for (const state of STORE_METRICS.messages.labels.state)
      messages.set(facts.messages[state] ?? 0, { state });
  });
  told(sensors, (facts) => {
    for (const state of STORE_METRICS.sensors.labels.state) sensors.set(facts.sensors[state] ?? 0, { state });
  });
  const count = (meter: GaugeMeter<Record<never, never>>, numberOf: (facts: Facts) => number | undefined) =>
    told(meter, (facts) => {
      const number = numberOf(facts);
      if (number !== undefined) meter.set(number);
    });
  const secondsSince = (at: Date | null) =>
    at ? (clock.now().epochMilliseconds - at.getTime()) / 1_000 / speedOf(clock) : undefined;
  const ageOf = (at: Date | null) => at && Math.max(0, secondsSince(at) ?? 0);
  count(meters.alertsOverdue, (facts) => facts.alertsOverdue);
  count(meters.messagesOverdue, (facts) => facts.messagesOverdue);
  count(meters.batteriesLow, (facts) => facts.batteriesLow);
  count(meters.outages, (facts) => facts.outages);
  count(meters.sourcesAway, (facts) => facts.sourcesAway);
  count(meters.providersFailing, (facts) => facts.providersFailing);
  count(meters.sweepAge, ({ sweepAt }) => ageOf(sweepAt) ?? undefined);
  count(meters.intakeAge, ({ intakeAt }) => ageOf(intakeAt) ?? undefined);
  count(meters.backupAge, ({ backupAt }) => ageOf(backupAt) ?? undefined);
  count(meters.clockBehind, ({ sweepAt, intakeAt }) =>
    Math.max(0, -(secondsSince(sweepAt) ?? 0), -(secondsSince(intakeAt) ?? 0)),
  );
}
