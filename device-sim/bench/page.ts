import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { createScaledClock } from '#platform/clock.ts';
import { loadConfig } from '#platform/config.ts';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';
import { createLogger } from '#platform/logger.ts';
import { composePact } from '#services/main.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { migrateToLatest } from '#store/migrate.ts';
import { openDays } from '#store/pact-day/open-days.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import { percentilesOf } from '../summary.ts';
import { machine } from './bed.ts';

const DEADLINE = Temporal.Instant.from('2026-11-24T00:00:00Z');
const MISSED = [45, 200, 1_000];
/** Far more than the slowest machine needs; then what is missing is said instead of waited for. */
const MOST_WAIT_MS = 60_000;

type Round = { missed: number; paged: number; p50: number; p99: number; most: number };
export type PageResult = { machine: string; node: string; rounds: Round[] };

/**
 * From the deadline to the provider's acceptance of the page, with so many homes missed at once, each with a
 * steward of its own; the provider is the outbox, so that its own time is left out. The settling time that a
 * deadline waits for signals under way is in it. Milliseconds.
 */
export async function run(): Promise<PageResult> {
  const rounds: Round[] = [];
  for (const missed of MISSED) rounds.push(await measure(missed));
  return { machine: machine(), node: process.versions.node, rounds };
}

async function measure(missed: number): Promise<Round> {
  const folder = await mkdtemp(join(tmpdir(), 'curtain-pact-bench-'));
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const postgres = await startEmbeddedPostgres({
      dataDir: folder,
      sharedDir: join(folder, 'shared'),
      log: () => undefined,
    });
    undo.push(() => postgres.stop());
    await migrateToLatest(postgres.connectionString);
    const db = createDatabase(
      createPool({
        connectionString: postgres.connectionString,
        size: 4,
        name: 'bench',
        onError: () => undefined,
      }),
    );
    undo.push(() => db.destroy());
    const seed = await seedCommunity(db);
    for (let home = 0; home < missed; home += 1) await seed.addHome({ sensor: false });
    await openDays(db, DEADLINE.subtract({ hours: 2 }));
    const clock = createScaledClock(DEADLINE.subtract({ seconds: 4 }), 1);
    const config = loadConfig({
      DATABASE_URL: postgres.connectionString,
      PACT_DATA_DIR: folder,
      PACT_HTTP_PORT: '0',
      PACT_MQTT_PORT: '0',
    });
    const pact = await composePact(config, { clock, logger: createLogger('error') });
    undo.push(() => pact.stop());
    const delays = await untilPaged(db, missed);
    return {
      missed,
      paged: delays.length,
      ...percentilesOf(delays),
      most: Math.round(Math.max(0, ...delays)),
    };
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}

/** Milliseconds from the deadline to acceptance, of each home's first page. */
async function untilPaged(db: Db, missed: number): Promise<number[]> {
  const givesUpAt = performance.now() + MOST_WAIT_MS;
  for (;;) {
    const { rows } = await sql<{ ms: number }>`
      select (extract(epoch from min(m.accepted_at) - a.deadline_at) * 1000)::float8 as ms
      from alert a join message m on m.alert_id = a.id and m.kind = 'page' and m.accepted_at is not null
      group by a.id, a.deadline_at`.execute(db);
    if (rows.length >= missed || performance.now() > givesUpAt) return rows.map(({ ms }) => ms);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

export function toMarkdown({ machine: name, node, rounds }: PageResult): string {
  return [
    `${name}; node ${node}.`,
    '',
    '| homes missed at once | paged | p50 ms | p99 ms | last ms |',
    '|--:|--:|--:|--:|--:|',
    ...rounds.map(
      ({ missed, paged, p50, p99, most }) =>
        `| ${missed} | ${paged} | ${Math.round(p50)} | ${Math.round(p99)} | ${most} |`,
    ),
  ].join('\n');
}
