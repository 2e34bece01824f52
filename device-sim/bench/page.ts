import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { createScaledClock } from '#platform/clock.ts';
import { loadConfig } from '#platform/config.ts';
import { createLogger } from '#platform/logger.ts';
import { composePact } from '#services/main.ts';
import type { Db } from '#store/database.ts';
import { openDays } from '#store/pact-day/open-days.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import { percentilesOf } from '../summary.ts';
import type { Bench } from './bench.ts';
import { startDatabase } from './database.ts';
import { type Undo, undoing } from './undo.ts';

const DEADLINE = Temporal.Instant.from('2026-11-24T00:00:00Z');
const MISSED = [45, 200, 1_000];
const GATEWAYS = ['outbox', 'twilio'] as const;
/** Far more than the slowest machine needs; then what is missing is said instead of waited for. */
const MOST_WAIT_MS = 60_000;
const TARGET = { missed: 1_000, p99Ms: 2_000 };

type Gateway = (typeof GATEWAYS)[number];
/** Milliseconds from the deadline. */
type Round = { gateway: Gateway; missed: number; paged: number; p50: number; p99: number; most: number };
type Result = { rounds: Round[] };

async function measure(gateway: Gateway, missed: number): Promise<Round> {
  return undoing(async (undo) => {
    const { db, folder, connectionString } = await startDatabase(undo);
    const seed = await seedCommunity(db);
    for (let home = 0; home < missed; home += 1) await seed.addHome({ sensor: false });
    await openDays(db, DEADLINE.subtract({ hours: 2 }));
    const config = loadConfig({
      DATABASE_URL: connectionString,
      PACT_DATA_DIR: folder,
      PACT_HTTP_PORT: '0',
      PACT_MQTT_PORT: '0',
      ...(gateway === 'twilio' ? await startTwilio(undo) : {}),
    });
    const clock = createScaledClock(DEADLINE.subtract({ seconds: 4 }), 1);
    const pact = await composePact(config, { clock, logger: createLogger('error') });
    undo.push(() => pact.stop());
    const delays = await untilPaged(db, missed);
    const most = Math.round(Math.max(0, ...delays));
    return { gateway, missed, paged: delays.length, ...percentilesOf(delays), most };
  });
}

/** The fake provider, a process of its own. */
async function startTwilio(undo: Undo): Promise<Record<string, string>> {
  const account = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'the token of the bench' };
  const script = fileURLToPath(new URL('../fake-provider/main.ts', import.meta.url));
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = account;
  const child = spawn(process.execPath, [script, '--port', '0', '--account', sid, '--token', token], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  undo.push(() => child.kill());
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return {
    ...account,
    TWILIO_FROM: '+15005550006',
    TWILIO_PER_SECOND: '1000',
    TWILIO_API_URL: JSON.parse(line).url,
  };
}

/** Milliseconds from the deadline to acceptance, of each home's first page. */
async function untilPaged(db: Db, missed: number): Promise<number[]> {
  const givesUpAt = performance.now() + MOST_WAIT_MS;
  for (;;) {
    const { rows } = await sql<{ ms: number }>`
      select (extract(epoch from min(m.accepted_at) - a.deadline_at) * 1000)::float8 as ms
      from alert a join household h on h.id = a.household_id and not h.is_canary
      join message m on m.alert_id = a.id and m.kind = 'page' and m.accepted_at is not null
      group by a.id, a.deadline_at`.execute(db);
    if (rows.length >= missed || performance.now() > givesUpAt) return rows.map(({ ms }) => ms);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/**
 * From the deadline to the provider's acceptance of the page, with so many homes missed at once, each with a steward of
 * its own: by the outbox, and by the Twilio gateway over HTTP, where the fake's own milliseconds and its half of the
 * processor are in it. The settling time that a deadline waits for signals under way is in it too.
 */
export const bench: Bench<Result> = {
  title: 'Deadline to page',
  seconds: 90,
  async run({ quick, say }) {
    const rounds: Round[] = [];
    for (const missed of quick ? [45, 200] : MISSED) {
      for (const gateway of GATEWAYS) {
        rounds.push(await measure(gateway, missed));
        say(`${missed} homes by ${gateway}: p99 ${Math.round(rounds.at(-1)?.p99 ?? 0)} ms`);
      }
    }
    return { rounds };
  },
  toMarkdown: ({ rounds }) =>
    [
      '| gateway | homes missed at once | paged | p50 ms | p99 ms | last ms |',
      '|---|--:|--:|--:|--:|--:|',
      ...rounds.map(
        ({ gateway, missed, paged, p50, p99, most }) =>
          `| ${gateway} | ${missed} | ${paged} | ${Math.round(p50)} | ${Math.round(p99)} | ${most} |`,
      ),
    ].join('\n'),
  toCurves: ({ rounds }) => ({
    title: 'Deadline to page: time by homes missed at once',
    x: { label: 'homes missed at once', scale: 'log' },
    y: { label: 'milliseconds from the deadline', scale: 'linear' },
    series: [
      ...GATEWAYS.flatMap((gateway) => {
        const own = rounds.filter((round) => round.gateway === gateway);
        return (['p99', 'p50'] as const).map((share) => ({
          name: `${gateway}, ${share}`,
          points: own.map((round) => [round.missed, round[share]] as const),
        }));
      }),
      {
        name: 'target for p99',
        isTarget: true,
        points: MISSED.filter((missed) => rounds.some((round) => round.missed === missed)).map(
          (missed) => [missed, TARGET.p99Ms] as const,
        ),
      },
    ],
  }),
  targets: ({ rounds }) =>
    rounds
      // The provider's time is left out of the promise, and its pace of a thousand a second is no less.
      .filter(({ gateway, missed }) => gateway === 'outbox' && missed === TARGET.missed)
      .map(({ missed, paged, p99 }) => ({
        what: `p99 of ${missed.toLocaleString('en')} homes missed at once, without a provider's time`,
        target: `≤ ${TARGET.p99Ms.toLocaleString('en')} ms`,
        measured: `${Math.round(p99).toLocaleString('en')} ms`,
        met: paged === missed && p99 <= TARGET.p99Ms,
      })),
};
