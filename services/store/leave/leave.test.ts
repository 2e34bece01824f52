import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Db } from '../database.ts';
import { tellEvening } from '../notice/tell-evening.ts';
import { judgeDueDays } from '../pact-day/judge-due-days.ts';
import { openDays, refreshStaleDays } from '../pact-day/open-days.ts';
import { weighSignals } from '../pact-day/weigh-signals.ts';
import { answerWhetherBack, changeLeave, createLeave } from '../register/leave.ts';
import { type Seed, type SeededHome, seedCommunity } from '../testing/seed.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { askWhetherBack } from './tell-leave.ts';

const at = (day: number, time: string) => Temporal.Instant.from(`2026-11-${day}T${time}+08:00`);
const BY = { kind: 'token', id: 'a-program' };
const linkOf = (token: string) => `https://pact.example.cn/l#${token}`;
let opened: TestDb;
let db: Db;
let seed: Seed;
let home: SeededHome;
beforeAll(async () => {
  opened = await openTestDb();
  db = opened.db;
});
afterAll(() => opened?.close());
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
  expect(await askWhetherBack(db, at(24, '07:41'), linkOf)).toBe(1);
  expect(await askWhetherBack(db, at(24, '07:42'), linkOf)).toBe(0);
  await openingAt(25, '06:40');
  expect(await askWhetherBack(db, at(25, '07:41'), linkOf)).toBe(0);
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
  await askWhetherBack(db, at(24, '07:41'), linkOf);
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
  await askWhetherBack(db, at(24, '07:41'), linkOf);
  expect(await answerWhetherBack(db, id, true, BY, at(24, '07:50'))).toMatchObject({ ok: true });
  await refreshStaleDays(db, at(24, '07:00'), 100);
  await judgeDueDays(db, at(24, '08:01'), [], 100);
  expect(await db.selectFrom('alert').select('id').where('household_id', '=', home.id).execute()).toEqual([]);
  await openDays(db, at(25, '05:00'));
  await judgeDueDays(db, at(25, '08:01'), [], 100);
  expect(
    await db.selectFrom('alert').select('on_date').where('household_id', '=', home.id).execute(),
  ).toEqual([{ on_date: '2026-11-25' }]);
});

it('goes on where somebody says that she is not, and asks again on another day only', async () => {
  const id = await away();
  await openDays(db, at(24, '05:00'));
  await openingAt(24, '06:40');
  await askWhetherBack(db, at(24, '08:00'), linkOf);
  await answerWhetherBack(db, id, false, BY, at(24, '08:05'));
  await openingAt(24, '16:00');
  expect(await askWhetherBack(db, at(24, '16:01'), linkOf)).toBe(0);
  expect(await leaveOf(id)).toMatchObject({ until_on: '2026-11-27', back: false });
  await openingAt(25, '06:40');
  expect(await askWhetherBack(db, at(25, '08:00'), linkOf)).toBe(1);
  expect(await leaveOf(id)).toMatchObject({ until_on: '2026-11-27', back: null });
  expect(await heardBy(home.primaryId)).toHaveLength(2);
});

it('wakes nobody in quiet hours to ask', async () => {
  await away();
  await db
    .updateTable('community')
    .set({ quiet_from: '21:30', quiet_until: '07:00' })
    .where('id', '=', seed.communityId)
    .execute();
  await openingAt(24, '04:30');
  expect(await askWhetherBack(db, at(24, '04:31'), linkOf)).toBe(0);
  expect(await askWhetherBack(db, at(24, '07:01'), linkOf)).toBe(1);
});

it('is over once she was said to be back: it is not made longer, so that nobody goes unasked and unwatched', async () => {
  const id = await away();
  await answerWhetherBack(db, id, true, BY, at(24, '09:00'));
  expect(await changeLeave(db, id, '2026-11-30', BY, at(24, '09:10'))).toMatchObject({
    ok: false,
    reason: 'already_closed',
  });
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
  await askWhetherBack(db, at(24, '07:41'), undefined);
  expect((await heardBy(seed.officeId))[0]).toMatch(/6:40窗帘却?开了/);
});
