import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PlanKind } from '#pact/care.ts';
import { changeAlert } from '../alert/change-alert.ts';
import type { Db } from '../database.ts';
import { judgeDueDays } from '../pact-day/judge-due-days.ts';
import { openDays } from '../pact-day/open-days.ts';
import { removeHousehold } from '../register/household.ts';
import { createLeave } from '../register/leave.ts';
import { type Seed, type SeededHome, seedCommunity } from '../testing/seed.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { askToLookIn } from '../ticket/look-in.ts';
import { recordSighting } from '../today/record-sighting.ts';
import { openCareDays } from './open-care.ts';
import { changePlan, createPlan, endPlan, listPlans, restorePlan } from './plans.ts';
import { readCareDay } from './read-care.ts';
import { tendCare } from './settle-care.ts';
import { askForCare, doTask, takeBack, undoContact } from './tasks.ts';

const BY = { kind: 'token', id: 'a-program' };
/** Tuesday; days later by `on`. */
const at = (time: string) => on('2026-11-24', time);
const on = (date: string, time: string) => Temporal.Instant.from(`${date}T${time}+08:00`);
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
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
  seed = await seedCommunity(db);
  home = await seed.addHome();
});

const plan = async (kind: PlanKind, weekdays = EVERY_DAY, now = at('06:00')) => {
  const made = await createPlan(db, home.id, { kind, weekdays }, BY, now);
  if (!made.ok) throw new Error(made.reason);
  return made.value.id;
};
const list = async (now: Temporal.Instant, date?: string) =>
  (await readCareDay(db, { id: seed.communityId, timeZone: 'Asia/Shanghai' }, date, now)).items;
const brief = async (now: Temporal.Instant, date?: string) =>
  (await list(now, date)).map(({ kind, state, missedSince }) => [kind, state, missedSince]);
const done = async (
  now: Temporal.Instant,
  more: { key?: string; pressedAt?: string; kind?: string } = {},
) => {
  const { kind, ...press } = more;
  const item = (await list(now)).find((one) => one.state !== 'excused' && (!kind || one.kind === kind));
  const key = press.key ?? randomUUID();
  await doTask(db, item?.id ?? '', { key, ...press }, { author: BY, personId: home.primaryId }, now);
  return key;
};

describe('the tasks of a day', () => {
  it('are opened once, also by two at once, and say whose they are', async () => {
    await plan('daily_visit', EVERY_DAY);
    await openCareDays(db, at('06:00'));
    const tomorrow = on('2026-11-25', '06:00');
    await Promise.all([openCareDays(db, tomorrow), openCareDays(db, tomorrow)]);
    await openCareDays(db, tomorrow);
    expect(await list(tomorrow)).toMatchObject([
      { kind: 'daily_visit', state: 'open', ownerId: home.primaryId, missedSince: '2026-11-24' },
    ]);
  });

  it('of a plan that is made in the day are there at once, and opened once', async () => {
    await openCareDays(db, at('06:00'));
    await plan('daily_greeting', EVERY_DAY, at('10:00'));
    await openCareDays(db, at('10:01'));
    expect(await brief(at('10:01'))).toEqual([['daily_greeting', 'open', null]]);
  });

  it('are made up after a downtime in their order, and every missed day stands in the account', async () => {
    await plan('daily_visit', EVERY_DAY);
    await openCareDays(db, at('06:00'));
    await openCareDays(db, on('2026-11-27', '09:00'));
    for (const date of ['2026-11-24', '2026-11-25', '2026-11-26']) {
      expect(await brief(on('2026-11-27', '09:00'), date)).toMatchObject([
        ['daily_visit', 'missed', date === '2026-11-24' ? null : '2026-11-24'],
      ]);
    }
    expect(await brief(on('2026-11-27', '09:00'))).toEqual([['daily_visit', 'open', '2026-11-24']]);
  });

  it('are not opened again by a clock that was set back', async () => {
    await plan('daily_visit', EVERY_DAY);
    await openCareDays(db, on('2026-11-25', '06:00'));
    await openCareDays(db, at('06:00'));
    expect(
      (
        await db
          .selectFrom('care_day')
          .select('on_date')
          .where('community_id', '=', seed.communityId)
          .execute()
      ).map((row) => row.on_date),
    ).toEqual(['2026-11-25']);
  });

  it('ask for a home without a pact as for one with', async () => {
    await db.deleteFrom('pact').where('household_id', '=', home.id).execute();
    await plan('weekly_visit', [2]);
    expect(await brief(at('09:00'))).toEqual([['weekly_visit', 'open', null]]);
  });

  it('stand with whoever stands in for a steward who is absent', async () => {
    await plan('daily_visit');
    await db
      .insertInto('absence')
      .values({
        ...{ id: randomUUID(), person_id: home.primaryId, from_on: '2026-11-24', until_on: '2026-11-24' },
        ...{ created_at: new Date(), created_by: 'token' },
      })
      .execute();
    expect(await list(at('09:00'))).toMatchObject([{ ownerId: home.backupId }]);
  });

  it('end with the home that leaves the register', async () => {
    await plan('daily_visit');
    await removeHousehold(db, home.id, BY, at('09:00'));
    await tendCare(db, at('09:01'));
    const [task] = await db.selectFrom('care_task').selectAll().where('household_id', '=', home.id).execute();
    expect(task).toMatchObject({ state: 'excused', reason: 'not_in_register' });
    await openCareDays(db, on('2026-11-25', '06:00'));
    expect(
      await db.selectFrom('care_task').select('id').where('household_id', '=', home.id).execute(),
    ).toHaveLength(1);
  });
});

describe('what was missed', () => {
  it('comes back the next day until it is done, also where the plan names no such day', async () => {
    await plan('daily_visit', [2]);
    await openCareDays(db, at('06:00'));
    const wednesday = on('2026-11-25', '06:00');
    await openCareDays(db, wednesday);
    expect(await brief(wednesday)).toEqual([['daily_visit', 'open', '2026-11-24']]);
    await done(wednesday);
    await openCareDays(db, on('2026-11-26', '06:00'));
    expect(await brief(on('2026-11-26', '06:00'))).toEqual([]);
  });

  it('of a return visit stays due, and no second one comes beside it', async () => {
    await plan('weekly_visit', [2, 4]);
    await openCareDays(db, at('06:00'));
    const thursday = on('2026-11-26', '06:00');
    await openCareDays(db, thursday);
    expect(await brief(thursday)).toEqual([['weekly_visit', 'open', '2026-11-24']]);
    await done(thursday);
    await openCareDays(db, on('2026-12-01', '06:00'));
    expect(await brief(on('2026-12-01', '06:00'))).toEqual([['weekly_visit', 'open', null]]);
  });
});

describe('which contact counts', () => {
  it('a visit ticks off the call and the return visit of the day too, and its undo all of them', async () => {
    for (const kind of ['daily_visit', 'daily_greeting', 'weekly_visit'] as const) await plan(kind);
    const key = await done(at('10:00'), { kind: 'daily_visit' });
    expect((await list(at('10:01'))).map((item) => [item.state, item.contactId])).toEqual(
      Array(3).fill(['done', key]),
    );
    await undoContact(db, key, BY, at('10:02'));
    expect((await list(at('10:02'))).map(({ state }) => state)).toEqual(['open', 'open', 'open']);
  });

  it('a call is no visit', async () => {
    for (const kind of ['daily_visit', 'daily_greeting'] as const) await plan(kind);
    await done(at('10:00'), { kind: 'daily_greeting' });
    expect(Object.fromEntries((await list(at('10:01'))).map(({ kind, state }) => [kind, state]))).toEqual({
      daily_visit: 'open',
      daily_greeting: 'done',
    });
  });

  it('the same key is one tick, also of two at once', async () => {
    await plan('daily_visit');
    const [item] = await list(at('10:00'));
    const press = { key: randomUUID(), note: '精神很好' };
    const doer = { author: BY, personId: home.primaryId };
    const both = await Promise.all([1, 2].map(() => doTask(db, item?.id ?? '', press, doer, at('10:00'))));
    expect(both.map(({ ok }) => ok)).toEqual([true, true]);
    expect(
      await db.selectFrom('care_contact').select('note').where('household_id', '=', home.id).execute(),
    ).toEqual([{ note: '精神很好' }]);
  });

  it('the door of an alert counts as the contact of its day, where somebody was met', async () => {
    await plan('daily_visit');
    await openDays(db, at('05:00'));
    await judgeDueDays(db, at('08:01'), [], 500);
    const { id } = await db
      .selectFrom('alert')
      .select('id')
      .where('household_id', '=', home.id)
      .executeTakeFirstOrThrow();
    expect(await list(at('08:05'))).toMatchObject([{ state: 'open', alertOpen: true }]);
    await changeAlert(db, id, { kind: 'record_outcome', outcome: 'safe', by: home.primaryId }, at('08:20'));
    expect(await list(at('08:21'))).toMatchObject([{ state: 'done', doneBy: 'alert', alertOpen: false }]);
  });

  it('an outcome that is set right to nobody at home takes it back', async () => {
    await plan('daily_visit');
    await openDays(db, at('05:00'));
    await judgeDueDays(db, at('08:01'), [], 500);
    const { id } = await db
      .selectFrom('alert')
      .select('id')
      .where('household_id', '=', home.id)
      .executeTakeFirstOrThrow();
    const by = home.primaryId;
    await changeAlert(db, id, { kind: 'record_outcome', outcome: 'safe', by }, at('08:20'));
    await changeAlert(db, id, { kind: 'correct_outcome', outcome: 'helped', by }, at('08:25'));
    expect(await list(at('08:26'))).toMatchObject([{ state: 'done', doneBy: 'alert' }]);
    await changeAlert(db, id, { kind: 'correct_outcome', outcome: 'away', by }, at('08:30'));
    expect(await list(at('08:31'))).toMatchObject([{ state: 'open', doneBy: null }]);
  });

  it('nobody at home is no contact', async () => {
    await plan('daily_visit');
    await openDays(db, at('05:00'));
    await judgeDueDays(db, at('08:01'), [], 500);
    const { id } = await db
      .selectFrom('alert')
      .select('id')
      .where('household_id', '=', home.id)
      .executeTakeFirstOrThrow();
    await changeAlert(db, id, { kind: 'record_outcome', outcome: 'away', by: home.primaryId }, at('08:20'));
    expect(await list(at('08:21'))).toMatchObject([{ state: 'open' }]);
  });

  it('the elder’s own key in a call is the greeting of the day', async () => {
    for (const kind of ['daily_visit', 'daily_greeting'] as const) await plan(kind);
    await db
      .transaction()
      .execute((tx) =>
        recordSighting(tx, { householdId: home.id, kind: 'called', recordedBy: null }, at('08:10')),
      );
    expect(Object.fromEntries((await list(at('08:11'))).map(({ kind, doneBy }) => [kind, doneBy]))).toEqual({
      daily_visit: null,
      daily_greeting: 'called',
    });
  });

  it('a press that waited over midnight does the day on which it was made, and nothing comes back for it', async () => {
    await plan('daily_visit', [2]);
    await openCareDays(db, at('06:00'));
    const [item] = await list(at('20:00'));
    const next = on('2026-11-25', '07:00');
    await openCareDays(db, next);
    const press = { key: randomUUID(), pressedAt: at('20:00').toString() };
    expect(
      await doTask(db, item?.id ?? '', press, { author: BY, personId: home.primaryId }, next),
    ).toMatchObject({ ok: true });
    expect(await brief(next, '2026-11-24')).toEqual([['daily_visit', 'done', null]]);
    expect(await brief(next)).toEqual([['daily_visit', 'excused', null]]);
  });

  it('a tick of today does not do what was missed yesterday', async () => {
    await plan('daily_visit');
    await openCareDays(db, at('06:00'));
    const [item] = await list(at('20:00'));
    const next = on('2026-11-25', '07:00');
    await openCareDays(db, next);
    const refused = await doTask(
      db,
      item?.id ?? '',
      { key: randomUUID() },
      { author: BY, personId: null },
      next,
    );
    expect(refused).toMatchObject({ ok: false, reason: 'already_closed' });
  });
});

describe('who is away', () => {
  it('is excused, also in the middle of the day, and asked for again when the leave is cancelled', async () => {
    await plan('daily_visit');
    await openCareDays(db, at('06:00'));
    const leave = await createLeave(
      db,
      { householdId: home.id, fromOn: '2026-11-24', untilOn: '2026-11-25' },
      BY,
      at('09:00'),
    );
    await tendCare(db, at('09:01'));
    await tendCare(db, at('09:02'));
    expect(await list(at('09:02'))).toMatchObject([
      { state: 'excused', reason: 'on_leave', awayUntil: '2026-11-25' },
    ]);
    await db
      .updateTable('leave')
      .set({ cancelled_at: new Date() })
      .where('id', '=', leave.ok ? leave.value.id : '')
      .execute();
    await tendCare(db, at('09:03'));
    expect(await list(at('09:03'))).toMatchObject([{ state: 'open', reason: null }]);
  });

  it('is not missed, and the day after the leave begins anew', async () => {
    await plan('daily_visit');
    await createLeave(
      db,
      { householdId: home.id, fromOn: '2026-11-24', untilOn: '2026-11-25' },
      BY,
      at('06:30'),
    );
    await openCareDays(db, at('07:00'));
    await tendCare(db, at('07:00'));
    for (const date of ['2026-11-25', '2026-11-26']) await openCareDays(db, on(date, '06:00'));
    expect(await brief(on('2026-11-26', '06:00'))).toEqual([['daily_visit', 'open', null]]);
  });
});

describe('what is asked for', () => {
  const ask = (more: object) =>
    askForCare(db, { id: randomUUID(), householdId: home.id, kind: 'must_visit', ...more }, BY, at('10:00'));

  it('a must-visit stands on the list until somebody has come, and is late after its day', async () => {
    await ask({ occasion: 'illness', note: '昨晚发烧' });
    expect(await list(at('10:01'))).toMatchObject([
      { kind: 'must_visit', occasion: 'illness', dueOn: '2026-11-25', note: '昨晚发烧' },
    ]);
    await openCareDays(db, at('10:01'));
    await openCareDays(db, on('2026-11-26', '06:00'));
    expect(await brief(on('2026-11-26', '06:00'))).toEqual([['must_visit', 'open', '2026-11-25']]);
    await done(on('2026-11-26', '09:00'));
    expect(await brief(on('2026-11-26', '09:01'))).toEqual([['must_visit', 'done', '2026-11-25']]);
    expect(await brief(on('2026-11-27', '09:01'))).toEqual([]);
  });

  it('another visit is not what it was asked for', async () => {
    await plan('daily_visit');
    await ask({ occasion: 'hardship' });
    await done(at('11:00'), { kind: 'daily_visit' });
    expect(Object.fromEntries((await list(at('11:01'))).map(({ kind, state }) => [kind, state]))).toEqual({
      daily_visit: 'done',
      must_visit: 'open',
    });
  });

  it('a service may have any name, and nobody is seen by it', async () => {
    await plan('daily_visit');
    await ask({ kind: 'service', service: '换灯泡' });
    await done(at('11:00'), { kind: 'service' });
    expect(Object.fromEntries((await list(at('11:01'))).map(({ kind, state }) => [kind, state]))).toEqual({
      daily_visit: 'open',
      service: 'done',
    });
  });

  it('an occasion that the community does not use is refused', async () => {
    expect(await ask({ occasion: 'birthday' })).toMatchObject({ ok: false, reason: 'unknown_occasion' });
  });

  it('may be taken back, and then asks nobody', async () => {
    const made = await ask({ occasion: 'illness' });
    await takeBack(db, made.ok ? made.value.id : '', BY, at('10:05'));
    expect(await brief(at('10:06'))).toEqual([['must_visit', 'excused', null]]);
  });
});

describe('the plans of a home', () => {
  it('stand once a kind', async () => {
    await plan('daily_visit');
    expect(
      await createPlan(db, home.id, { kind: 'daily_visit', weekdays: [1] }, BY, at('10:00')),
    ).toMatchObject({ ok: false, reason: 'plan_exists' });
  });

  it('ask for today too when today becomes a day of theirs', async () => {
    const id = await plan('weekly_visit', [5]);
    expect(await brief(at('10:00'))).toEqual([]);
    await changePlan(db, id, [2], BY, at('10:00'));
    expect(await brief(at('10:00'))).toEqual([['weekly_visit', 'open', null]]);
  });

  it('ask for nothing once they have ended, and for the same again when that was a slip', async () => {
    const id = await plan('daily_visit');
    await endPlan(db, id, BY, at('10:00'));
    expect(await brief(at('10:01'))).toEqual([['daily_visit', 'excused', null]]);
    expect(await listPlans(db, { householdId: home.id })).toEqual([]);
    await restorePlan(db, id, BY, at('10:02'));
    expect(await brief(at('10:03'))).toEqual([['daily_visit', 'open', null]]);
  });
});

it('the look-in of a failed sensor stands in the same list, and a tick there ends it', async () => {
  await openDays(db, at('05:00'));
  await seed.open(home, at('07:00').toString());
  const { weighSignals } = await import('../pact-day/weigh-signals.ts');
  await weighSignals(db, at('07:01'), 500);
  await db.transaction().execute((tx) => askToLookIn(tx, at('14:00')));
  expect(await list(at('14:00'))).toMatchObject([
    { kind: 'look_in', state: 'open', ownerId: home.primaryId },
  ]);
  const key = await done(at('14:30'));
  expect(await list(at('14:31'))).toMatchObject([{ kind: 'look_in', state: 'done', contactId: key }]);
  expect(await db.transaction().execute((tx) => askToLookIn(tx, at('14:32')))).toBe(0);
  await undoContact(db, key, BY, at('14:33'));
  await db.transaction().execute((tx) => askToLookIn(tx, at('14:34')));
  expect((await list(at('14:35'))).filter(({ state }) => state === 'open')).toHaveLength(1);
});

it('a tick, a sighting, a leave and the opening of the next day at once neither fail nor lose anything', async () => {
  for (const kind of ['daily_visit', 'daily_greeting', 'weekly_visit'] as const) await plan(kind);
  await openCareDays(db, at('06:00'));
  const items = await list(at('09:00'));
  const next = on('2026-11-25', '00:00:01');
  const doer = { author: BY, personId: home.primaryId };
  const pressedAt = at('20:00').toString();
  const see = () =>
    db
      .transaction()
      .execute((tx) => recordSighting(tx, { householdId: home.id, kind: 'seen', recordedBy: null }, next));
  const all = await Promise.allSettled([
    ...items.map(({ id }) => doTask(db, id, { key: randomUUID(), pressedAt }, doer, next)),
    ...[1, 2].flatMap(() => [openCareDays(db, next), tendCare(db, next), see()]),
  ]);
  expect(all.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect((await list(next, '2026-11-24')).map(({ state }) => state)).toEqual(['done', 'done', 'done']);
});

it('doors stand in the order in which people walk', async () => {
  await plan('daily_visit');
  const first = home;
  const second = await seed.addHome();
  await db
    .updateTable('household')
    .set({ building: '10栋', room: '101', floor: 1 })
    .where('id', '=', first.id)
    .execute();
  await db
    .updateTable('household')
    .set({ building: '2栋', room: '901', floor: 9 })
    .where('id', '=', second.id)
    .execute();
  home = second;
  await plan('daily_visit');
  expect((await list(at('09:00'))).map(({ building }) => building)).toEqual(['2栋', '10栋']);
});
