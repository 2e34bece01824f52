import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';
import { makeTestFolder, query } from '#platform/testing/service-process.ts';
import type { MorningSummary } from '../summary.ts';

const DEMO = fileURLToPath(new URL('../demo.ts', import.meta.url));

test('a morning without a person ends within a minute, holds every invariant, and its sums are the database’s', {
  timeout: 100_000,
}, async () => {
  const folder = await makeTestFolder('demo');
  const from = performance.now();
  const demo = spawn(process.execPath, [DEMO, '--once', '--json', '--keep', '--seed', '7'], {
    env: { ...process.env, PACT_DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code]] = await Promise.all([text(demo.stdout), text(demo.stderr), once(demo, 'exit')]);
  const lines = out.split('\n').filter((line) => line !== '');
  expect(lines, err).toHaveLength(1);
  const summary = JSON.parse(out) as MorningSummary;
  expect(summary.violations).toEqual([]);
  expect(code).toBe(0);
  expect(performance.now() - from).toBeLessThan(60_000);
  expect(summary).toMatchObject({
    enrolled: 45,
    ledger: { kept: 24, keptLate: 3, excused: 2 },
    pages: { duplicate: 0, missed: 0 },
  });
  const { kept, keptLate, visited, excused, unresolved } = summary.ledger;
  expect(kept + keptLate + visited + excused + unresolved).toBe(45);
  expect(summary.events.stored).toBe(summary.events.published);
  expect(summary.events.acknowledged).toBe(summary.events.published);
  expect(summary.latencyMs.deadlineToPage.p99).toBeGreaterThan(0);
  expect(summary.latencyMs.eventToStore.p50).toBeGreaterThan(0);

  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'demo-once'), log: () => undefined });
  const ask = async (sql: string) => (await query(postgres.connectionString, sql))[0];
  expect(
    await ask(`
      select count(*) filter (where closed_as = 'kept')::int as kept, count(*) filter (where closed_as = 'kept_late')::int as "keptLate",
        count(*) filter (where closed_as = 'visited')::int as visited, count(*) filter (where closed_as = 'excused')::int as excused,
        count(*) filter (where closed_as = 'unresolved')::int as unresolved
      from pact_day where on_date = '${summary.date}'
        and household_id not in (select id from household where is_canary)`),
  ).toEqual(summary.ledger);
  expect(await ask(`select count(*)::int as stored from event where seq is not null`)).toEqual({
    stored: summary.events.stored,
  });
  expect(
    await ask(
      `select count(*)::int as sent from message m join alert a on a.id = m.alert_id
        join household h on h.id = a.household_id where m.kind = 'page' and m.provider_id is not null and not h.is_canary`,
    ),
  ).toEqual({ sent: summary.pages.sent });
  await postgres.stop();
});
