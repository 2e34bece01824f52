import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';
import { makeTestFolder, query } from '#platform/testing/service-process.ts';
import { inventNeighbourhood } from '../neighbourhood.ts';
import { createSeededRandom } from '../seeded-random.ts';
import type { MorningSummary } from '../summary.ts';

const SEED = 7;
const DEMO = fileURLToPath(new URL('../demo.ts', import.meta.url));

test('a morning without a person ends within a minute, holds every invariant, and its sums are the database’s', {
  timeout: 100_000,
}, async () => {
  const folder = await makeTestFolder('demo');
  const from = performance.now();
  const demo = spawn(process.execPath, [DEMO, '--once', '--json', '--keep', '--seed', String(SEED)], {
    env: { ...process.env, PACT_DATA_DIR: folder, PACT_LOG_LEVEL: 'trace' },
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
  await expectNothingOfAnybody(err, join(folder, 'demo-once'));
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
  expect(
    await ask(`select state, failed_at as "failedAt" from canary_check where on_date = '${summary.date}'`),
  ).toEqual({ state: 'proven', failedAt: null });
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

/** Who lives where, whom to call and what lets a program in: none of it is in a log, at its most talkative. */
async function expectNothingOfAnybody(log: string, dataDir: string): Promise<void> {
  // One line for each request at least: the demo's people answer by the API.
  expect(log.split('\n').filter((line) => line.includes('"api.answered"')).length).toBeGreaterThan(10);
  const { homes, stewards, neighbours, office, community } = inventNeighbourhood(createSeededRandom(SEED));
  const people = [...stewards, ...neighbours, office];
  const ofPeople = [
    community,
    ...people.flatMap(({ name, phone }) => [name, phone, phone.replace('+86', '')]),
    ...homes.flatMap((home) => [home.resident.name, home.salutation, home.building, home.grid]),
  ];
  const password = JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8')).password as string;
  const key = (await readFile(join(dataDir, 'server.key'), 'utf8')).trim();
  expect([password.length, key.length].every((length) => length > 20)).toBe(true);
  expect([...new Set([...ofPeople, password, key])].filter((word) => log.includes(word))).toEqual([]);
  // As long as every secret that we make for a sensor, a program, a session or a link.
  expect(log.match(/(?<![\w-])[\w-]{43}(?![\w-])/g)).toBeNull();
}
