import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MonthReport } from '#contracts/http/report.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createDatabase, createPool } from '../connect.ts';
import type { Db } from '../database.ts';
import { type Seed, type SeededHome, seedCommunity } from '../testing/seed.ts';
import { readAreas, readReport } from './read-report.ts';

let database: TestDatabase;
let db: Db;
let seed: Seed;
let report: MonthReport;
const homes: SeededHome[] = [];

/** A November of three homes: 30 days, now and then an alert, each going another way. */
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(
    createPool({ connectionString: database.url, size: 4, name: 'report', onError: () => undefined }),
  );
  seed = await seedCommunity(db);
  for (let n = 0; n < 3; n += 1) homes.push(await seed.addHome());
  await db
    .updateTable('household')
    .set({ created_at: new Date('2026-01-01T00:00:00Z') })
    .execute();
  for (let day = 1; day <= 30; day += 1) {
    for (const [index, home] of homes.entries()) await liveThrough(home, day, index);
  }
  const community = communityOf(seed);
  report = await readReport(db, community, '2026-11', Temporal.Instant.from('2026-12-03T09:00:00+08:00'));
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const communityOf = ({ communityId }: Seed) => ({
  id: communityId,
  name: '东苑',
  timeZone: 'Asia/Shanghai',
  street: '焦东街道',
  district: '解放区',
});
const date = (day: number) => `2026-11-${String(day).padStart(2, '0')}`;
const at = (day: number, time: string) => new Date(`${date(day)}T${time}+08:00`);

async function liveThrough(home: SeededHome, day: number, index: number, communityId = seed.communityId) {
  const kind =
    index === 0 && day % 10 === 0 ? day / 10 : index === 1 && day > 20 && day < 24 ? 'leave' : 'kept';
  const pact = await db
    .selectFrom('pact')
    .select('id')
    .where('household_id', '=', home.id)
    .executeTakeFirstOrThrow();
  const alertId = typeof kind === 'number' ? randomUUID() : null;
  if (alertId) await alert(home, alertId, day, kind as number, communityId);
  const closed_as =
    kind === 'leave'
      ? 'excused'
      : kind === 'kept'
        ? 'kept'
        : kind === 1
          ? 'visited'
          : kind === 2
            ? 'kept_late'
            : 'unresolved';
  await db
    .insertInto('pact_day')
    .values({
      household_id: home.id,
      on_date: date(day),
      community_id: communityId,
      pact_id: pact.id,
      reason: closed_as === 'excused' ? 'on_leave' : null,
      earliest_at: at(day, '04:00:00'),
      deadline_at: at(day, '08:00:00'),
      verdict: closed_as === 'excused' ? 'excused' : closed_as.startsWith('kept') ? 'kept' : 'missed',
      closed_as,
      proof_at: closed_as.startsWith('kept') ? at(day, closed_as === 'kept' ? '06:30:00' : '08:20:00') : null,
      alert_id: alertId,
    })
    .execute();
}

/** 1: paged, acknowledged after 2 min, at the door after 10, safe. 2: a late opening after an acknowledgement. 3: nobody came. */
async function alert(home: SeededHome, id: string, day: number, way: number, communityId: string) {
  const closed = way !== 3;
  await db
    .insertInto('alert')
    .values({
      id,
      household_id: home.id,
      community_id: communityId,
      on_date: date(day),
      reason: 'no_signal',
      deadline_at: at(day, '08:00:00'),
      opened_at: at(day, '08:00:01'),
      status: closed ? 'closed' : 'open',
      ladder: JSON.stringify({ steps: [], repeatMinutes: 15, acknowledgementMinutes: 15 }),
      next_step_at: closed ? null : at(day, '23:00:00'),
      outcome: way === 1 ? 'safe' : null,
      closed_at: closed ? at(day, '08:20:00') : null,
      closed_by: way === 1 ? 'outcome' : way === 2 ? 'signal' : null,
    })
    .execute();
  const entry = (kind: string, time: string) =>
    db
      .insertInto('alert_entry')
      .values({ alert_id: id, at: at(day, time), kind, person_id: home.primaryId })
      .execute();
  if (way !== 3) await entry('acknowledged', way === 1 ? '08:02:00' : '08:05:00');
  if (way === 1) {
    await entry('arrived', '08:10:00');
    await entry('outcome_recorded', '08:12:00');
    await db
      .insertInto('visit')
      .values({
        ...{
          id: randomUUID(),
          household_id: home.id,
          alert_id: id,
          person_id: home.primaryId,
          outcome: 'safe',
        },
        ...{ visited_at: at(day, '08:12:00'), recorded_at: at(day, '08:12:00') },
      })
      .execute();
  }
  await db
    .insertInto('message')
    .values({
      ...{
        id: randomUUID(),
        community_id: communityId,
        direction: 'out',
        kind: 'page',
        alert_id: id,
        step: 0,
      },
      ...{ person_id: home.primaryId, channel: 'sms', phone: '+8613900000000', text: 't', state: 'accepted' },
      ...{ created_at: at(day, '08:00:01'), accepted_at: at(day, '08:00:03') },
    })
    .execute();
}

const number = async (query: ReturnType<typeof sql<{ n: number }>>) => (await query.execute(db)).rows[0]?.n;

it('adds up: each column of the month is what plain SQL counts over the days', async () => {
  for (const [column, name] of [
    ['kept', 'kept'],
    ['kept_late', 'keptLate'],
    ['visited', 'visited'],
    ['excused', 'excused'],
    ['unresolved', 'unresolved'],
  ] as const) {
    expect([column, report.counts[name]]).toEqual([
      column,
      await number(sql`select count(*)::int as n from pact_day where closed_as = ${column}`),
    ]);
  }
  expect(report.counts.enrolled).toBe(90);
  const { kept, keptLate, visited, excused, unresolved } = report.counts;
  expect(kept + keptLate + visited + excused + unresolved).toBe(report.counts.enrolled);
  expect(report.onTimePercent).toBe(96.6);
  expect(report.missed).toBe(3);
  expect(report.excusedBy).toEqual({ on_leave: 3 });
  expect(report.days.map((day) => day.date)).toEqual(Array.from({ length: 30 }, (_, day) => date(day + 1)));
});

it('tells the response times from the deadline, with what nobody came to against the targets', () => {
  const { responses } = report;
  expect(responses).toMatchObject({ alerts: 3, endedBySignal: 1, open: 1, benign: 2, outcomes: { safe: 1 } });
  expect(responses.paged).toMatchObject({ count: 3, medianSeconds: 3 });
  expect(responses.acknowledged).toMatchObject({ count: 3, medianSeconds: 210, within: [{ percent: 33.3 }] });
  expect(responses.door).toMatchObject({
    count: 2,
    medianSeconds: 600,
    within: [{ percent: 50 }, { percent: 50 }],
  });
  expect(responses.benignPer45).toBe(1);
});

it('tells every home’s month day by day, with the times between which half of its openings were', () => {
  expect(report.homes.map(({ days }) => days.length)).toEqual([30, 30, 30]);
  const [first, second] = report.homes;
  expect(first?.days[0]).toEqual({
    date: date(1),
    closedAs: 'kept',
    reason: null,
    openedMinute: 390,
    deadlineMinute: 480,
  });
  expect(first?.days[19]).toMatchObject({ closedAs: 'kept_late', openedMinute: 500 });
  expect(first?.middleHalf).toEqual({ from: 390, until: 390 });
  expect(second?.days.filter(({ closedAs }) => closedAs === 'excused').map((day) => day.date)).toEqual([
    date(21),
    date(22),
    date(23),
  ]);
});

it('gives each grid its own numbers, which together are the community’s', () => {
  const sum = report.grids.reduce((total, { counts }) => total + counts.enrolled, 0);
  expect(sum).toBe(report.counts.enrolled);
  expect(report.grids.reduce((total, { responses }) => total + responses.alerts, 0)).toBe(3);
});

it('adds up communities by street and district, with the medians of all their alerts', async () => {
  const other = await seedCommunity(db);
  const home = await other.addHome();
  await db
    .updateTable('household')
    .set({ created_at: new Date('2026-01-01T00:00:00Z') })
    .execute();
  await liveThrough(home, 10, 0, other.communityId);
  const now = Temporal.Instant.from('2026-12-03T09:00:00+08:00');
  const communities = [communityOf(seed), { ...communityOf(other), name: '西苑', street: '焦西街道' }];
  const areas = await readAreas(db, communities, '2026-11', now);
  expect(areas.districts.map(({ district, counts }) => [district, counts.enrolled])).toEqual([
    ['解放区', 91],
  ]);
  const streets = areas.districts[0]?.streets ?? [];
  expect(streets.map(({ street, counts }) => [street, counts.enrolled])).toEqual([
    ['焦东街道', 90],
    ['焦西街道', 1],
  ]);
  expect(streets[0]).toMatchObject({ counts: report.counts, responses: report.responses });
  expect(areas.responses.acknowledged).toMatchObject({ count: 4, medianSeconds: 120 });
  expect(JSON.stringify(areas)).not.toContain('奶奶');
});

it('tells what each steward had to do', () => {
  expect(report.stewards[0]).toMatchObject({
    personId: homes[0]?.primaryId,
    homes: 1,
    pages: 3,
    acknowledged: 2,
    visits: 1,
  });
});

it('takes silence from the sensors’ uptime, as long as it lasted', async () => {
  const sensorId = homes[2]?.sensorId ?? '';
  await db
    .updateTable('sensor')
    .set({ enrolled_at: new Date('2026-10-01T00:00:00Z') })
    .execute();
  await db
    .insertInto('ticket')
    .values({
      ...{ id: randomUUID(), sensor_id: sensorId, household_id: homes[2]?.id ?? null, kind: 'silent' },
      ...{ opened_at: at(10, '00:00:00'), closed_at: at(19, '00:00:00'), due_on: '2026-11-11' },
    })
    .execute();
  const community = communityOf(seed);
  const { sensors } = await readReport(
    db,
    community,
    '2026-11',
    Temporal.Instant.from('2026-12-03T09:00:00+08:00'),
  );
  expect(sensors).toEqual({ inUse: 3, uptimePercent: 90 });
});

it('of a month that is not over ends with yesterday', async () => {
  const community = communityOf(seed);
  const half = await readReport(db, community, '2026-11', Temporal.Instant.from('2026-11-11T09:00:00+08:00'));
  expect(half).toMatchObject({ from: '2026-11-01', to: '2026-11-10' });
  expect(half.counts.enrolled).toBe(30);
});
