import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createDatabase, createPool } from '../connect.ts';
import type { Db } from '../database.ts';
import { tellEvening } from '../notice/tell-evening.ts';
import { judgeDueDays } from '../pact-day/judge-due-days.ts';
import { openDays, refreshStaleDays } from '../pact-day/open-days.ts';
import { weighSignals } from '../pact-day/weigh-signals.ts';
import { answerWhetherBack, createLeave } from '../register/leave.ts';
import { type Seed, type SeededHome, seedCommunity } from '../testing/seed.ts';
import { askWhetherBack } from './tell-leave.ts';

const at = (day: number, time: string) => Temporal.Instant.from(`2026-11-${day}T${time}+08:00`);
const BY = { kind: 'token', id: 'a-program' };
const linkOf = (token: string) => `https://pact.example.cn/l#${token}`;
let database: TestDatabase;
let db: Db;
let seed: Seed;
let home: SeededHome;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(
    createPool({ connectionString: database.url, size: 4, name: 'test', onError: () => {} }),
  );
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});
beforeEach(async () => {
  await db.updateTable('household').set({ removed_at: new Date() }).execute();
  seed = await seedCommunity(db);
  home = await seed.addHome();
});

/** From Monday 23 to Friday 27, said on Monday at nine. */
async function away(by?: string): Promise<string> {
  const draft = { householdId: home.id, fromOn: '2026-11-23', untilOn: '2026-11-27' };
  const made = await createLeave(
    db,
    draft,
    BY,
    at(23, '09:00'),
    by === undefined ? undefined : { personId: by },
  );
  if (!made.ok) throw new Error(made.reason);
  return made.value.id;
}
async function openingAt(day: number, time: string) {
  await seed.open(home, `2026-11-${day}T${time}:00+08:00`);
  await weighSignals(db, at(day, `${time}:01`), 100);
}
const heardBy = async (personId: string) =>
  (
    await db
      .selectFrom('message')
      .select('text')
      .where('person_id', '=', personId)
      .orderBy('created_at')
      .execute()
  ).map(({ text }) => text);
const leaveOf = (id: string) =>
  db.selectFrom('leave').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

it('asks the first steward once whether she is back, when her curtain opens in the middle of her leave', async () => {
  const id = await away();
  await openDays(db, at(24, '05:00'));
  await openingAt(24, '06:40');
  expect(await askWhetherBack(db, at(24, '06:41'), linkOf)).toBe(1);
  expect(await askWhetherBack(db, at(24, '06:42'), linkOf)).toBe(0);
  await openingAt(25, '06:40');
  expect(await askWhetherBack(db, at(25, '06:41'), linkOf)).toBe(0);
  const [text, ...more] = await heardBy(home.primaryId);
  expect(more).toEqual([]);
  expect(text).toMatch(/6:40窗帘却?开了.*回来了吗/);
  expect(text).toContain('https://pact.example.cn/l#');
  expect((await leaveOf(id)).opened_at).toEqual(new Date(at(24, '06:40').epochMilliseconds));
});

it('records the opening and excuses the day all the same: nothing ends by itself', async () => {
  const id = await away();
  await openDays(db, at(24, '05:00'));
  await openingAt(24, '06:40');
  await askWhetherBack(db, at(24, '06:41'), linkOf);
  await judgeDueDays(db, at(24, '08:01'), [], 100);
  const day = await db
    .selectFrom('pact_day')
    .select(['verdict', 'reason'])
    .where('household_id', '=', home.id)
    .where('on_date', '=', '2026-11-24')
    .executeTakeFirstOrThrow();
  expect(day).toEqual({ verdict: 'excused', reason: 'on_leave' });
  expect(await leaveOf(id)).toMatchObject({ until_on: '2026-11-27', back: null });
  const { count } = await db
    .selectFrom('event')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('household_id', '=', home.id)
    .executeTakeFirstOrThrow();
  expect(Number(count)).toBe(1);
});

it('does not ask for the morning on which she leaves, nor for the last day', async () => {
  await away();
  await openingAt(23, '06:40');
  expect(await askWhetherBack(db, at(23, '09:10'), linkOf)).toBe(0);
  await openingAt(27, '16:00');
  expect(await askWhetherBack(db, at(27, '16:01'), linkOf)).toBe(0);
});

it('ends with today once somebody says that she is back, and tomorrow is watched and pages as ever', async () => {
  const id = await away();
  await openDays(db, at(24, '05:00'));
  await openingAt(24, '06:40');
  await askWhetherBack(db, at(24, '06:41'), linkOf);
  expect(await answerWhetherBack(db, id, true, BY, at(24, '07:00'))).toMatchObject({ ok: true });
  await refreshStaleDays(db, at(24, '07:00'), 100);
  await judgeDueDays(db, at(24, '08:01'), [], 100);
  expect(await db.selectFrom('alert').select('id').where('household_id', '=', home.id).execute()).toEqual([]);
  await openDays(db, at(25, '05:00'));
  await judgeDueDays(db, at(25, '08:01'), [], 100);
  expect(
    await db.selectFrom('alert').select('on_date').where('household_id', '=', home.id).execute(),
  ).toEqual([{ on_date: '2026-11-25' }]);
});

it('goes on where somebody says that she is not, and does not ask again', async () => {
  const id = await away();
  await openDays(db, at(24, '05:00'));
  await openingAt(24, '06:40');
  await askWhetherBack(db, at(24, '06:41'), linkOf);
  await answerWhetherBack(db, id, false, BY, at(24, '07:00'));
  await openingAt(25, '06:40');
  expect(await askWhetherBack(db, at(25, '06:41'), linkOf)).toBe(0);
  expect(await leaveOf(id)).toMatchObject({ until_on: '2026-11-27', back: false });
});

it('tells the office and the first steward what a family said, and reminds the family on the evening before the end', async () => {
  const [relative = ''] = home.neighbourIds;
  await away(relative);
  expect((await heardBy(seed.officeId))[0]).toContain('11月23日到11月27日');
  expect((await heardBy(home.primaryId))[0]).toContain('11月23日到11月27日');
  await openDays(db, at(26, '05:00'));
  await tellEvening(db, at(26, '20:30'), linkOf);
  const [reminder, ...more] = await heardBy(relative);
  expect(reminder).toContain('11月27日');
  expect(reminder).toContain('https://pact.example.cn/l#');
  expect(more).toEqual([]);
});

it('asks the office where a home has no steward', async () => {
  await away();
  await db.deleteFrom('assignment').where('household_id', '=', home.id).execute();
  await openDays(db, at(24, '05:00'));
  await openingAt(24, '06:40');
  await askWhetherBack(db, at(24, '06:41'), undefined);
  expect((await heardBy(seed.officeId))[0]).toMatch(/6:40窗帘却?开了/);
});
