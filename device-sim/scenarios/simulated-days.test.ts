import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPact } from '#pact/pact.ts';
import { endOfDay, windowOf } from '#pact/pact-day.ts';
import { createManualClock } from '#platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { deliverDue } from '#services/messaging/deliver.ts';
import { createGateways } from '#services/messaging/gateways.ts';
import { createOutboxGateway } from '#services/messaging/outbox-gateway.ts';
import { createSweep } from '#services/rules/sweep.ts';
import { advanceDueAlerts } from '#store/alert/change-alert.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import { checkInvariants } from '../invariants.ts';

let database: TestDatabase;
let db: Db;
const failures: Error[] = [];
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

const DAYS = 3;

/** Days around which civil time does something: both changes of each zone, and a place that has none. */
const PLACES = [
  ['Europe/London', '2026-03-28'],
  ['Europe/London', '2026-10-24'],
  ['America/New_York', '2026-03-07'],
  ['America/New_York', '2026-10-31'],
  ['Australia/Lord_Howe', '2026-04-04'],
  ['Australia/Lord_Howe', '2026-10-03'],
  ['Asia/Shanghai', '2026-11-23'],
] as const;

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

/** One curtain on one day: opened so many minutes from the deadline, heard of so many minutes later. */
const anyOpening = fc.option(
  fc.record({ minutes: fc.integer({ min: -330, max: 700 }), heardAfter: fc.constantFrom(0, 0, 0, 3, 90) }),
  { freq: 3 },
);
const anyMorning = fc.record({
  place: fc.constantFrom(...PLACES),
  homes: fc.array(fc.tuple(...Array.from({ length: DAYS }, () => anyOpening)), {
    minLength: 1,
    maxLength: 3,
  }),
  /** Minutes between two sweeps: short is a service that runs, long one that is down most of the time. */
  pace: fc.constantFrom(31, 61),
  restartEvery: fc.integer({ min: 1, max: 40 }),
  rewindEvery: fc.integer({ min: 10, max: 60 }),
  processes: fc.constantFrom(1, 2),
});

it('any mornings, with late news, restarts, two processes and a clock that is set back, end as the plain rules say', async () => {
  await fc.assert(
    fc.asyncProperty(anyMorning, async ({ place, homes, pace, restartEvery, rewindEvery, processes }) => {
      const [timeZone, first] = place;
      const dates = Array.from({ length: DAYS }, (_, day) =>
        Temporal.PlainDate.from(first).add({ days: day }),
      );
      const begins =
        dates[0]?.toZonedDateTime(timeZone).toInstant() ?? Temporal.Instant.from('2026-01-01T00:00Z');
      const ends = begins.add({ hours: 24 * (DAYS + 1) });

      await db.deleteFrom('watermark').execute();
      const seed = await seedCommunity(db, { timeZone });
      const seeded = await Promise.all(homes.map(() => seed.addHome({ curtain: 'closed' })));
      await db
        .updateTable('pact')
        .set({ updated_at: new Date(begins.epochMilliseconds) })
        .where(
          'household_id',
          'in',
          seeded.map((home) => home.id),
        )
        .execute();
      const news = homes
        .flatMap((openings, index) =>
          openings.flatMap((opening, day) => {
            const date = dates[day];
            const home = seeded[index];
            if (!opening || !date || !home) return [];
            const at = windowOf(PACT, date, timeZone).deadlineAt.add({ minutes: opening.minutes });
            return [{ home, at, heardAt: at.add({ minutes: opening.heardAfter }) }];
          }),
        )
        .sort((a, b) => Temporal.Instant.compare(a.heardAt, b.heardAt));

      const clock = createManualClock(begins);
      const start = () => createSweep({ gapMs: 10_000 }, { db, clock, wake: () => undefined });
      let sweeps = Array.from({ length: processes }, start);
      let round = 0;
      for (let now = begins; Temporal.Instant.compare(now, ends) <= 0; now = now.add({ minutes: pace })) {
        round += 1;
        while (news[0] && Temporal.Instant.compare(news[0].heardAt, now) <= 0) {
          const { home, at, heardAt } = news.shift() ?? news[0];
          await seed.open(home, at.toString(), { receivedAt: heardAt.toString() });
        }
        if (round % restartEvery === 0) sweeps = Array.from({ length: processes }, start);
        if (round % rewindEvery === 0) {
          clock.set(now.subtract({ hours: 2 }));
          await Promise.all(sweeps.map((sweep) => sweep()));
        }
        // The second look comes when the minute for buffered events has passed.
        for (const seconds of [0, 62]) {
          clock.set(now.add({ seconds }));
          await Promise.all(sweeps.map((sweep) => sweep()));
          await advanceDueAlerts(db, clock.now(), 100);
          await deliverDue(db, createGateways([createOutboxGateway(db, clock)]), clock, 1_000);
        }
      }

      for (const [index, home] of seeded.entries()) {
        const days = await db
          .selectFrom('pact_day')
          .select(['on_date', 'closed_as'])
          .where('household_id', '=', home.id)
          .where('on_date', '<=', dates.at(-1)?.toString() ?? '')
          .orderBy('on_date')
          .execute();
        const expected = dates.map((date, day) => ({
          on_date: date.toString(),
          closed_as: columnOf(date, timeZone, homes[index]?.[day]?.minutes),
        }));
        expect(days).toEqual(expected);
      }
      expect(await checkInvariants(db, { now: clock.now(), graceMs: 3_600_000 * 2 })).toEqual([]);
      await db.deleteFrom('day_opening').where('community_id', '=', seed.communityId).execute();
      await db
        .updateTable('household')
        .set({ removed_at: new Date(ends.epochMilliseconds) })
        .where('community_id', '=', seed.communityId)
        .execute();
    }),
    { numRuns: 4, seed: 20_261_124 },
  );
}, 170_000);

/** The rules of the pact in three lines: what the ledger must say of a home that opened once, or never. */
function columnOf(date: Temporal.PlainDate, timeZone: string, minutes: number | undefined): string {
  const { earliestAt, deadlineAt } = windowOf(PACT, date, timeZone);
  const at = minutes === undefined ? undefined : deadlineAt.add({ minutes });
  if (!at || Temporal.Instant.compare(at, earliestAt) < 0) return 'unresolved';
  if (Temporal.Instant.compare(at, deadlineAt) <= 0) return 'kept';
  return Temporal.Instant.compare(at, endOfDay(date, timeZone)) < 0 ? 'kept_late' : 'unresolved';
}
