import { randomBytes } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MonthReport } from '#contracts/http/report.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { readReport } from '#store/report/read-report.ts';
import { findCommunity } from '#store/today/communities.ts';
import { checkInvariants } from '../invariants.ts';
import { liveThroughMonth } from '../month.ts';
import { inPlainNames, type MonthOf, plainDays, plainLoad, plainNumbers } from '../testing/plain-month.ts';

const NOW = Temporal.Instant.from('2026-05-01T05:00:00+08:00');
const MONTH = '2026-04';

let database: TestDatabase;
let db: Db;
let of: MonthOf;
let report: MonthReport;
const failures: Error[] = [];

/** A whole month passes, on a machine that other tests share. */
beforeAll(async () => {
  database = await createTestDatabase();
  const pool = createPool({
    ...{ connectionString: database.url, size: 4, name: 'month' },
    onError: (error) => failures.push(error),
  });
  db = createDatabase(pool);
  const options = { month: MONTH, timeZone: 'Asia/Shanghai', seed: 20_261_130 };
  const { communityId } = await liveThroughMonth({ db, pool, key: randomBytes(32), ...options });
  of = { communityId, month: MONTH };
  const community = await findCommunity(db, communityId);
  if (!community) throw new Error('the community is missing');
  report = await readReport(db, community, MONTH, NOW);
}, 180_000);
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

it('is the month that was meant: 45 homes, 97.9 % on time, leaves, a storm, a drift, a death', async () => {
  expect(report.homes).toHaveLength(45);
  expect(report.onTimePercent).toBe(97.9);
  expect(report.excusedBy).toEqual({ not_in_force: 10, on_leave: 21 });
  expect(report.responses.outcomes).toMatchObject({ died: 1 });
  expect(report.days[11]?.counts.visited).toBe(12);
  const drift = report.homes.find(({ code }) => code === '20');
  expect(drift?.days.slice(-4).map(({ closedAs }) => closedAs)).toEqual(Array(4).fill('kept_late'));
  expect(failures).toEqual([]);
});

it('adds up in every grid and in all as plain SQL does over what sensors, stewards and the register said', async () => {
  const plain = await plainNumbers(db, of);
  expect(plain).toHaveLength(4);
  expect([...report.grids.map((grid) => inPlainNames(grid.grid, grid)), inPlainNames(null, report)]).toEqual(
    plain,
  );
  const { kept, keptLate, visited, excused, unresolved, enrolled } = report.counts;
  expect(kept + keptLate + visited + excused + unresolved).toBe(enrolled);
});

it('tells each home’s every day and each opening as they were', async () => {
  const shown = report.homes.flatMap(({ code, days }) =>
    days.map(({ date, closedAs, openedMinute }) => ({ code, date, closedAs, openedMinute })),
  );
  expect(shown).toEqual(await plainDays(db, of));
});

it('tells what each steward had to do, and nothing of the others', async () => {
  const busy = report.stewards
    .filter(({ pages, acknowledged, visits }) => pages + acknowledged + visits > 0)
    .map(({ name, pages, acknowledged, visits }) => ({ name, pages, acknowledged, visits }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const plain = await plainLoad(db, of);
  expect(busy).toEqual(plain.sort((a, b) => (a.name < b.name ? -1 : 1)));
  expect(report.stewards).toHaveLength(35);
});

it('breaks no promise on the way', async () => {
  expect(await checkInvariants(db, { now: NOW, graceMs: 24 * 3_600_000 })).toEqual([]);
});
