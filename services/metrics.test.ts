import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createManualClock } from '#platform/clock.ts';
import { loadConfig } from '#platform/config.ts';
import { createLogger } from '#platform/logger.ts';
import type { Definition } from '#platform/metrics.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { makeTestFolder } from '#platform/testing/service-process.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import { createStoreMetrics } from '#store/metrics.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import { composePact, type RunningPact } from './main.ts';
import { METRICS } from './metrics-document.ts';

const DEFINED = new Map<string, Definition>(
  Object.values(METRICS).flatMap((defined) =>
    Object.values(defined).map((definition): [string, Definition] => [definition.name, definition]),
  ),
);

let database: TestDatabase;
let pact: RunningPact;
const clock = createManualClock('2026-11-24T08:00:10+08:00');

beforeAll(async () => {
  database = await createTestDatabase();
  const env = {
    ...{ DATABASE_URL: database.url, PACT_DATA_DIR: await makeTestFolder(), PACT_SECRET: 'x'.repeat(32) },
    ...{ PACT_HTTP_PORT: '0', PACT_MQTT_PORT: '0' },
  };
  pact = await composePact(loadConfig(env), { clock, logger: createLogger('silent') });
  const seed = await seedCommunity(pact.db);
  await seed.addHome({ code: '01', curtain: 'closed', lastSeenAt: '2026-11-24T07:50:00+08:00' });
});
afterAll(async () => {
  await pact?.stop();
  await database?.drop();
});

const scrape = async () => {
  const response = await fetch(`${pact.urls.http}/metrics`);
  expect(response.status).toBe(200);
  return response.text();
};

/** The value of one series, as the text has it. */
const valueIn = (text: string, series: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1),
  );

it('tells of a missed morning: the deadline swept, the page accepted, the home unresolved', async () => {
  await vi.waitFor(
    async () => {
      const text = await scrape();
      expect(valueIn(text, 'pact_rules_alerts_opened_total')).toBeGreaterThanOrEqual(1);
      expect(valueIn(text, 'pact_page_seconds_count')).toBe(1);
      expect(valueIn(text, 'pact_page_seconds_sum')).toBe(10);
      expect(valueIn(text, 'pact_messages_total{channel="sms",kind="page",outcome="accepted"}')).toBe(1);
      expect(valueIn(text, 'pact_community_homes{state="unresolved"}')).toBe(1);
      expect(valueIn(text, 'pact_community_alerts{status="open"}')).toBe(1);
      expect(valueIn(text, 'pact_community_sensors{state="heard"}')).toBe(1);
      expect(valueIn(text, 'pact_part_up{part="rules"}')).toBe(1);
      expect(valueIn(text, 'pact_database_up')).toBe(1);
    },
    { timeout: 20_000, interval: 250 },
  );
});

it('has every metric that docs/metrics.md names, and no label with a value that does not stand there', async () => {
  for (const path of ['/api/v1/alerts/4711', '/nobody/knows', '/healthz'])
    await fetch(`${pact.urls.http}${path}`);
  const text = await scrape();
  const typed = [...text.matchAll(/^# TYPE (pact_\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]);
  expect(new Map(typed as [string, string][])).toEqual(
    new Map([...DEFINED].map(([name, { type }]) => [name, type])),
  );
  for (const [, name, labels = ''] of text.matchAll(/^(pact_\w+?)(?:_bucket|_sum|_count)?\{([^}]*)\}/gm)) {
    const known = DEFINED.get(name ?? '')?.labels ?? {};
    for (const [, label, value] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      if (label === 'le') continue;
      const values = known[label ?? ''];
      expect(values, `${name} has a label ${label}`).toBeDefined();
      if (Array.isArray(values)) expect(values).toContain(value);
    }
  }
});

it('counts requests by the pattern of their route, so that ids and nonsense make no series', async () => {
  const seriesOf = (text: string) => text.match(/^pact_http_requests_total\{/gm)?.length ?? 0;
  await fetch(`${pact.urls.http}/nobody/0`);
  await fetch(`${pact.urls.http}/api/v1/alerts/0`);
  await scrape();
  const before = seriesOf(await scrape());
  for (let id = 1; id < 30; id += 1) {
    await fetch(`${pact.urls.http}/nobody/${id}`);
    await fetch(`${pact.urls.http}/api/v1/alerts/${id}`);
  }
  expect(before).toBeGreaterThan(0);
  expect(seriesOf(await scrape())).toBe(before);
});

it('says that the database is away, and nothing that was so before', async () => {
  const registry = new Registry();
  const metrics = createStoreMetrics(registry);
  const gone = await createTestDatabase();
  const db = createDatabase(
    createPool({ connectionString: gone.url, name: 'facts', size: 1, onError: () => undefined }),
    metrics.onQuery,
  );
  await gone.drop();
  metrics.watchFacts(db, clock);
  const text = await registry.metrics();
  await db.destroy();
  expect(valueIn(text, 'pact_database_up')).toBe(0);
  expect(text).not.toMatch(/^pact_community_\w+[ {]/m);
  expect(text).not.toMatch(/^pact_clock_behind_seconds /m);
});
