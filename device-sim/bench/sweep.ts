import { type RawBuilder, sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { SETTLE_MS } from '#pact/verdict.ts';
import { createManualClock } from '#platform/clock.ts';
import { createSweep } from '#services/rules/sweep.ts';
import type { Db } from '#store/database.ts';
import { toDate } from '#store/instant.ts';
import type { Bench } from './bench.ts';
import { startDatabase } from './database.ts';
import { openWithoutHaste, settleProvince } from './province.ts';
import { undoing } from './undo.ts';

const DEADLINE = Temporal.Instant.from('2026-11-24T08:00:00+08:00');
const DATE = '2026-11-24';
const SIZES = [10_000, 100_000, 1_000_000];
/** One home in so many is missed. */
const ONE_IN = [1_000, 100, 10];
/** Openings that are weighed at once, to see at which rate. */
const MOST_WEIGHED = 50_000;
/** One home in so many opens in the last moment, and nobody has weighed that when the deadline comes. */
const LAST_MOMENT_ONE_IN = 500;
const DAY_MS = 86_400_000;
const TARGET = { homes: 1_000_000, missed: 10_000, seconds: 10 };

type Round = { homes: number; missed: number; seconds: number };
type Town = {
  homes: number;
  weighedPerSecond: number;
  /** A sweep with nothing to do, and one in which all that comes every few seconds or minutes is due too. */
  idleMs: number;
  roundMs: number;
};
type Result = { rounds: Round[]; towns: Town[] };

async function measure(homes: number, say: (line: string) => void): Promise<Result> {
  return undoing(async (undo) => {
    const { connectionString, db } = await startDatabase(undo, 12);
    const settling = openWithoutHaste(connectionString);
    undo.push(() => settling.destroy());
    await settleProvince(settling, homes, DEADLINE.subtract({ minutes: 10 }));
    await openAndKeep(settling, homes);
    const clock = createManualClock(DEADLINE.subtract({ minutes: 30 }));
    let wokenAt = 0;
    const wake = () => {
      wokenAt = performance.now();
    };
    const sweep = createSweep({ gapMs: DAY_MS }, { db, clock, wake });
    // What is compiled, planned and cached by the first sweep is not measured.
    await sweep();
    const timed = async () => {
      const from = performance.now();
      const report = await sweep();
      return { ...report, ms: performance.now() - from, untilWoken: (wokenAt - from) / 1_000 };
    };
    const pending = Math.min(homes, MOST_WEIGHED);
    await awaitAgain(settling, sql`i < ${pending}::int`, 'unweighed');
    const weighing = await timed();
    if (weighing.weighed !== pending) throw new Error(`${weighing.weighed} of ${pending} were weighed`);
    clock.advance({ minutes: 11 });
    const round = await timed();
    clock.advance({ seconds: 1 });
    const idle = await timed();
    const rounds: Round[] = [];
    for (const oneIn of ONE_IN) {
      await forgetAlerts(settling);
      await awaitAgain(settling, sql`i % ${oneIn}::int = 0`, 'missed');
      // What comes every few seconds has just come.
      clock.set(DEADLINE.subtract({ seconds: 1 }));
      await sweep();
      await awaitAgain(settling, sql`i % ${LAST_MOMENT_ONE_IN}::int = 1`, 'unweighed');
      clock.set(DEADLINE.add({ milliseconds: SETTLE_MS + 1 }));
      const swept = await timed();
      const missed = Math.ceil(homes / oneIn);
      await verify(db, homes, missed);
      rounds.push({ homes, missed, seconds: swept.untilWoken });
      say(
        `${homes.toLocaleString('en')} homes, ${missed.toLocaleString('en')} missed: ${swept.untilWoken.toFixed(2)} s`,
      );
    }
    const weighedPerSecond = pending / (weighing.ms / 1_000);
    return { rounds, towns: [{ homes, weighedPerSecond, idleMs: idle.ms, roundMs: round.ms }] };
  });
}

/** The day as a morning leaves it in which everybody was up: opened, with an opening of each home, and kept by it. */
async function openAndKeep(db: Db, homes: number): Promise<void> {
  const [earliest, at] = [DEADLINE.subtract({ hours: 4 }), DEADLINE.subtract({ hours: 2 })].map(toDate);
  await sql`
    insert into day_opening (community_id, on_date, begun_at, completed_at, rhythm_at)
    select id, ${DATE}, ${earliest}, ${earliest}, ${earliest} from community`.execute(db);
  await sql`
    insert into care_day (community_id, on_date, opened_at, drift_at)
    select id, ${DATE}, ${earliest}, ${earliest} from community`.execute(db);
  await db.connection().execute(async (connection) => {
    await sql`set session_replication_role = replica`.execute(connection);
    await sql`
      insert into pact_day (household_id, on_date, community_id, pact_id, earliest_at, deadline_at, verdict, closed_as, proof_at, proof_kind, judged_at)
      select h.id, ${DATE}, h.community_id, p.id, ${earliest}, ${toDate(DEADLINE)}, 'kept', 'kept', ${at}::timestamptz, 'opened', ${at}::timestamptz
      from household h join pact p on p.household_id = h.id`.execute(connection);
    await sql`set session_replication_role = origin`.execute(connection);
  });
  await sql`
    insert into event (sensor_id, household_id, type, at, at_source, received_at, seq, opening)
    select s.sensor_id, s.household_id, 'opened', ${at}, 'received', ${at}, 1, true from sensor_state s`.execute(
    db,
  );
  await sql`vacuum analyze`.execute(db);
  await sql`checkpoint`.execute(db);
  const { rows } = await sql<{
    kept: number;
  }>`select count(*)::int as kept from pact_day where verdict = 'kept'`.execute(db);
  if (rows[0]?.kept !== homes) throw new Error(`${rows[0]?.kept} of ${homes} days were made`);
}

/** Homes that await their signal again: for good, or with one that was stored and not yet weighed. */
async function awaitAgain(db: Db, which: RawBuilder<unknown>, how: 'missed' | 'unweighed'): Promise<void> {
  const chosen = sql`(select household_id from (select household_id, substr(sensor_id, 7)::int as i from sensor_state) s where ${which})`;
  await sql`
    update pact_day set verdict = 'awaiting', reason = null, closed_as = null, proof_at = null, proof_kind = null, judged_at = null, alert_id = null
    where household_id in ${chosen}`.execute(db);
  await (how === 'missed'
    ? sql`delete from event where household_id in ${chosen}`
    : sql`update event set judged = false where household_id in ${chosen}`
  ).execute(db);
  // The checkpoint that would come of itself would belong to nobody.
  await sql`vacuum analyze pact_day, event`.execute(db);
  await sql`checkpoint`.execute(db);
}

async function forgetAlerts(db: Db): Promise<void> {
  await sql`update pact_day set alert_id = null where alert_id is not null`.execute(db);
  await db.connection().execute(async (connection) => {
    // Nothing removes alerts in service: for each, PostgreSQL would look through all the days for one that refers to it.
    await sql`set session_replication_role = replica`.execute(connection);
    await sql`delete from alert_entry`.execute(connection);
    await sql`delete from alert`.execute(connection);
    await sql`set session_replication_role = origin`.execute(connection);
  });
}

/** Every missed home has an alert, and every other is kept. */
async function verify(db: Db, homes: number, missed: number): Promise<void> {
  const { rows } = await sql<{ alerts: number; kept: number; unweighed: number }>`
    select (select count(*)::int from alert where status = 'open') as alerts,
      (select count(*)::int from pact_day where verdict = 'kept') as kept,
      (select count(*)::int from event where not judged) as unweighed`.execute(db);
  const { alerts, kept, unweighed } = rows[0] ?? { alerts: 0, kept: 0, unweighed: 0 };
  if (alerts !== missed || kept !== homes - missed || unweighed > 0) {
    throw new Error(
      `${alerts} alerts for ${missed} missed, ${kept} kept of ${homes}, ${unweighed} openings not weighed`,
    );
  }
}

const whole = (value: number) => Math.round(value).toLocaleString('en');

/** Rules' sweep at a deadline that all homes of a province have at once, by one process. */
export const bench: Bench<Result> = {
  title: 'Deadline sweep',
  seconds: 150,
  async run({ quick, say }) {
    const results: Result[] = [];
    for (const homes of quick ? [1_000, 10_000] : SIZES) results.push(await measure(homes, say));
    return {
      rounds: results.flatMap(({ rounds }) => rounds),
      towns: results.flatMap(({ towns }) => towns),
    };
  },
  toMarkdown: ({ rounds, towns }) =>
    [
      '| pacts due at once | missed | until all have an alert, s | ms a missed home |',
      '|--:|--:|--:|--:|',
      ...rounds.map(
        ({ homes, missed, seconds }) =>
          `| ${whole(homes)} | ${whole(missed)} | ${seconds.toFixed(2)} | ${((seconds * 1_000) / missed).toFixed(2)} |`,
      ),
      '',
      '| pacts | openings weighed a second | a sweep with nothing due, ms | with all that comes every few seconds or minutes, ms |',
      '|--:|--:|--:|--:|',
      ...towns.map(
        ({ homes, weighedPerSecond, idleMs, roundMs }) =>
          `| ${whole(homes)} | ${whole(weighedPerSecond)} | ${whole(idleMs)} | ${whole(roundMs)} |`,
      ),
    ].join('\n'),
  toCurves: ({ rounds, towns }) => ({
    title: 'Deadline sweep: time by missed homes',
    x: { label: 'homes missed', scale: 'log' },
    y: { label: 'seconds until all have an alert', scale: 'log' },
    series: [
      ...towns.map(({ homes }) => ({
        name: `of ${whole(homes)} pacts`,
        points: rounds
          .filter((round) => round.homes === homes)
          .map(({ missed, seconds }) => [missed, seconds] as const),
      })),
      {
        name: 'target at 10,000',
        isTarget: true,
        points: [
          Math.min(...rounds.map(({ missed }) => missed)),
          Math.max(...rounds.map(({ missed }) => missed)),
        ].map((missed) => [missed, TARGET.seconds] as const),
      },
    ],
  }),
  targets: ({ rounds }) =>
    rounds
      .filter(({ homes, missed }) => homes === TARGET.homes && missed === TARGET.missed)
      .map(({ seconds }) => ({
        what: '1,000,000 pacts due at once, 1 % missed',
        target: `≤ ${TARGET.seconds} s`,
        measured: `${seconds.toFixed(1)} s`,
        met: seconds <= TARGET.seconds,
      })),
};
