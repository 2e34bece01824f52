import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPact } from '#pact/pact.ts';
import { LEDGER_COLUMNS } from '#pact/pact-day.ts';
import { MISS_REASONS } from '#pact/verdict.ts';
import { createManualClock } from '#platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { deliverDue } from '#services/messaging/deliver.ts';
import { createGateways } from '#services/messaging/gateways.ts';
import { createOutboxGateway } from '#services/messaging/outbox-gateway.ts';
import { receiveReply } from '#services/messaging/receive-reply.ts';
import { createSweep } from '#services/rules/sweep.ts';
import { advanceDueAlerts } from '#store/alert/change-alert.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { touchWatermark } from '#store/watermark.ts';
import { checkInvariants } from '../invariants.ts';
import { expectDays, type HomeStory, type Town, timesOf } from '../testing/plain-rules.ts';

let database: TestDatabase;
let db: Db;
const failures: Error[] = [];
const seen = { columns: new Set<string>(), reasons: new Set<string>() };
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(
    createPool({
      connectionString: database.url,
      size: 6,
      name: 'test',
      onError: (error) => failures.push(error),
    }),
  );
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const DAYS = 2;

/** The day before civil time does something: both changes of each zone, and a place that has none. */
const PLACES = [
  ['Europe/London', '2026-03-28'],
  ['Europe/London', '2026-10-24'],
  ['America/New_York', '2026-03-07'],
  ['America/New_York', '2026-10-31'],
  ['Australia/Lord_Howe', '2026-04-04'],
  ['Australia/Lord_Howe', '2026-10-03'],
  ['Asia/Shanghai', '2026-11-23'],
] as const;
const CASES = PLACES.flatMap(([timeZone, first], index) =>
  [1, 2].map((processes) => ({ timeZone, first, processes, seed: 20_261_124 + index * 2 + processes })),
);

const SIGNED = readPact({
  deadline: '08:00',
  earliest: '04:00',
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  accepts: ['opened', 'seen'],
  signalCloses: true,
  fromOn: '2026-01-01',
});
if (!SIGNED.ok) throw new Error(SIGNED.problems.join());
const PACT = SIGNED.pact;

/** When a service that runs looks, on the clock of the place. */
const LOOKS = [
  '00:10',
  '03:50',
  '05:30',
  '07:50',
  '08:02',
  '08:06',
  '08:12',
  '08:30',
  '09:45',
  '12:00',
  '16:00',
  '20:30',
  '23:00',
];

const anyDay = fc.record({
  opening: fc.option(
    fc.record({ minutes: fc.integer({ min: -330, max: 700 }), heardAfter: fc.constantFrom(0, 0, 0, 3, 90) }),
    { freq: 3 },
  ),
  onLeave: fc.constantFrom(false, false, false, false, true),
  reply: fc.option(
    fc.record({
      minutes: fc.integer({ min: 3, max: 400 }),
      text: fc.constantFrom('1', '2', '没事', '4', '71'),
    }),
    { freq: 2 },
  ),
});
const anyHome: fc.Arbitrary<HomeStory> = fc.record({
  sensor: fc.constantFrom('well', 'well', 'well', 'well', 'silent', 'never', 'none'),
  openSinceYesterday: fc.boolean(),
  closes: fc.boolean(),
  signalCloses: fc.constantFrom(true, true, false),
  days: fc.array(anyDay, { minLength: DAYS, maxLength: DAYS }),
});
const anyTime = fc.record({
  homes: fc.array(anyHome, { minLength: 3, maxLength: 4 }),
  /**
   * A time in which nobody looks, in minutes from the second day's deadline: the process is away and starts anew,
   * or it stood still and its clock jumps ahead.
   */
  away: fc.constantFrom(null, [-120, 45], [-30, 200], [-1_500, 75]),
  restarts: fc.boolean(),
  rewindEvery: fc.integer({ min: 5, max: 20 }),
});

it.each(CASES)(
  'any days in $timeZone from $first, by $processes processes, end as the plain rules say',
  async ({ timeZone, first, processes, seed }) => {
    const dates = Array.from({ length: DAYS }, (_, day) => Temporal.PlainDate.from(first).add({ days: day }));
    const town: Town = { pact: PACT, timeZone, dates };
    const deadlines = dates.map(
      (date) => date.toZonedDateTime({ timeZone, plainTime: PACT.deadline }).epochMilliseconds,
    );
    await fc.assert(
      fc.asyncProperty(anyTime, async ({ homes, away, restarts, rewindEvery }) => {
        const isAway = (at: Temporal.Instant) => {
          if (!away) return false;
          const minutes = (at.epochMilliseconds - deadlines[1]!) / 60_000;
          return minutes >= away[0]! && minutes <= away[1]!;
        };
        const wakings = dates
          .flatMap((date) =>
            LOOKS.map((look) => date.toZonedDateTime({ timeZone, plainTime: look }).toInstant()),
          )
          .filter((at) => !isAway(at));
        const { seeded, news } = await settle(homes, town, isAway);

        const clock = createManualClock(wakings[0]!);
        const start = () => createSweep({ gapMs: 10_000 }, { db, clock, wake: () => undefined });
        const gateways = createGateways([createOutboxGateway(db, clock)]);
        let sweeps = Array.from({ length: processes }, start);
        const sweepAll = async () => {
          const reports = await Promise.all(sweeps.map((sweep) => sweep()));
          return reports.some(({ judged }) => judged > 0);
        };
        let last = wakings[0]!;
        for (const [round, now] of wakings.entries()) {
          if (restarts && isAway(last.add({ hours: 3 }))) sweeps = Array.from({ length: processes }, start);
          last = now;
          const isDue = (at: Temporal.Instant) => Temporal.Instant.compare(at, now) <= 0;
          while (news[0] && isDue(news[0].at)) await news.shift()?.tell(now);
          await hear(homes, seeded, now);
          if (round % rewindEvery === rewindEvery - 1) {
            clock.set(now.subtract({ hours: 2 }));
            await sweepAll();
          }
          // The second look comes when the minute for buffered events has passed.
          for (const seconds of [0, 62]) {
            // Meanwhile the service is there, and says so.
            for (let passed = 8; passed < seconds; passed += 8)
              await touchWatermark(db, 'sweep', { now: () => now.add({ seconds: passed }) }, 10_000);
            clock.set(now.add({ seconds }));
            // Proofs that waited for a verdict are weighed after it.
            if (await sweepAll()) await sweepAll();
            await advanceDueAlerts(db, clock.now(), 100);
            await deliverDue(db, gateways, clock, 1_000);
          }
          await reply(homes, town, wakings, round, seeded, clock.now());
        }

        for (const [index, home] of seeded.entries()) {
          const expected = expectDays(homes[index]!, town, wakings);
          expect(await readDays(home, dates)).toEqual(expected);
          for (const { closedAs, reason } of expected) {
            seen.columns.add(closedAs);
            if (reason) seen.reasons.add(reason);
          }
        }
        expect(await checkInvariants(db, { now: clock.now(), graceMs: 3_600_000 * 3 })).toEqual([]);
        expect(failures).toEqual([]);
      }),
      { numRuns: 1, seed, unbiased: true, endOnFailure: true },
    );
  },
  60_000,
);

it('among those days everything happened that a day can come to', () => {
  expect([...seen.columns].sort()).toEqual([...LEDGER_COLUMNS].sort());
  expect([...seen.reasons].sort()).toEqual([...MISS_REASONS].sort());
});

type News = { at: Temporal.Instant; tell(now: Temporal.Instant): Promise<unknown> };

/** An empty database with these homes, and what their sensors will tell, in the order in which it is heard. */
async function settle(homes: readonly HomeStory[], town: Town, isAway: (at: Temporal.Instant) => boolean) {
  await sql`truncate district, community, watermark cascade`.execute(db);
  const seed = await seedCommunity(db, { timeZone: town.timeZone });
  const begins = town.dates[0]!.toZonedDateTime(town.timeZone).toInstant();
  const seeded: SeededHome[] = [];
  const news: News[] = [];
  for (const story of homes) {
    const home = await seed.addHome({
      sensor: story.sensor !== 'none',
      pact: { signalCloses: story.signalCloses },
      ...(story.sensor === 'never' ? {} : { lastSeenAt: begins.subtract({ hours: 9 }).toString() }),
      curtain: story.openSinceYesterday ? 'open' : 'closed',
    });
    seeded.push(home);
    await db
      .updateTable('pact')
      .set({ updated_at: new Date(begins.epochMilliseconds) })
      .where('household_id', '=', home.id)
      .execute();
    for (const index of town.dates.keys()) news.push(...(await tellingsOf(seed, home, story, index)));
  }
  return { seeded, news: news.sort((a, b) => Temporal.Instant.compare(a.at, b.at)) };

  async function tellingsOf(seed: Seed, home: SeededHome, story: HomeStory, index: number): Promise<News[]> {
    const { date, day, openedAt, heardAt, closesAt } = timesOf(story, index, town);
    if (day.onLeave) {
      await db
        .insertInto('leave')
        .values({
          id: randomUUID(),
          household_id: home.id,
          from_on: date.toString(),
          until_on: date.toString(),
          created_at: new Date(begins.epochMilliseconds),
          created_by: 'test',
        })
        .execute();
    }
    const tellings: News[] = [];
    if (openedAt && heardAt) {
      const tell = (now: Temporal.Instant) =>
        seed.open(home, openedAt.toString(), { receivedAt: (isAway(heardAt) ? now : heardAt).toString() });
      tellings.push({ at: heardAt, tell });
    }
    if (story.closes && home.sensorId) {
      const { sensorId } = home;
      const tell = () =>
        db.updateTable('sensor_state').set({ curtain: 'closed' }).where('sensor_id', '=', sensorId).execute();
      tellings.push({ at: closesAt, tell });
    }
    return tellings;
  }
}

/** The heartbeats of the sensors that are well. */
async function hear(homes: readonly HomeStory[], seeded: readonly SeededHome[], now: Temporal.Instant) {
  const well = seeded.flatMap(({ sensorId }, index) =>
    sensorId && homes[index]?.sensor === 'well' ? [sensorId] : [],
  );
  if (well.length === 0) return;
  await db
    .updateTable('sensor_state')
    .set({ last_seen_at: new Date(now.epochMilliseconds) })
    .where('sensor_id', 'in', well)
    .execute();
}

/** What the stewards' phones say in this round. */
async function reply(
  homes: readonly HomeStory[],
  town: Town,
  wakings: readonly Temporal.Instant[],
  round: number,
  seeded: readonly SeededHome[],
  now: Temporal.Instant,
) {
  const from = wakings[round - 1];
  for (const [index, story] of homes.entries()) {
    const home = seeded[index]!;
    for (const date of town.dates.keys()) {
      const { day, repliedAt } = timesOf(story, date, town);
      if (!day.reply || !repliedAt || Temporal.Instant.compare(repliedAt, wakings[round]!) > 0) continue;
      if (from && Temporal.Instant.compare(repliedAt, from) <= 0) continue;
      const { phone } = await db
        .selectFrom('person')
        .select('phone')
        .where('id', '=', home.primaryId)
        .executeTakeFirstOrThrow();
      const text = /^\d$/.test(day.reply.text) ? `${home.code}${day.reply.text}` : day.reply.text;
      await receiveReply(db, { provider: 'test', providerId: randomUUID(), phone, text }, now);
    }
  }
}

async function readDays(home: SeededHome, dates: readonly Temporal.PlainDate[]) {
  const days = await db
    .selectFrom('pact_day')
    .select(['closed_as', 'reason'])
    .where('household_id', '=', home.id)
    .where('on_date', 'in', dates.map(String))
    .orderBy('on_date')
    .execute();
  return days.map(({ closed_as, reason }) => ({
    closedAs: closed_as,
    reason: closed_as === 'unresolved' || closed_as === 'visited' ? (reason ?? undefined) : undefined,
  }));
}
