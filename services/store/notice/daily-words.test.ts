import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeAlert } from '../alert/change-alert.ts';
import type { Db } from '../database.ts';
import { judgeDueDays } from '../pact-day/judge-due-days.ts';
import { openDays, refreshStaleDays } from '../pact-day/open-days.ts';
import { weighSignals } from '../pact-day/weigh-signals.ts';
import { changePerson, createPerson } from '../register/person.ts';
import { type Seed, type SeededHome, seedCommunity } from '../testing/seed.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { tellDailyWords } from './tell-daily-words.ts';

const at = (time: string) => Temporal.Instant.from(`2026-11-24T${time}+08:00`);
const BY = { kind: 'token', id: 'a-program' };
let opened: TestDb;
let db: Db;
let seed: Seed;
let home: SeededHome;
let daughter: string;
let phones = 0;
beforeAll(async () => {
  opened = await openTestDb();
  db = opened.db;
});
afterAll(() => opened?.close());
beforeEach(async () => {
  seed = await seedCommunity(db);
  home = await seed.addHome();
  phones += 1;
  const phone = `+86137${String(phones).padStart(8, '0')}`;
  const draft = {
    communityId: seed.communityId,
    kind: 'family' as const,
    name: '女儿',
    phone,
    dailyAt: '08:30',
  };
  const saved = await createPerson(db, draft, BY, at('01:00:00'));
  if (!saved.ok) throw new Error(saved.reason);
  daughter = saved.value.id;
  await db
    .insertInto('assignment')
    .values({ household_id: home.id, person_id: daughter, role: 'family' })
    .execute();
  await morning(at('01:00:00'));
});

async function morning(now: Temporal.Instant) {
  await openDays(db, now);
  await refreshStaleDays(db, now, 500);
  await weighSignals(db, now, 500);
  await judgeDueDays(db, now, [], 500);
}
const heard = async () =>
  (
    await db
      .selectFrom('message')
      .select('text')
      .where('person_id', '=', daughter)
      .orderBy('created_at')
      .execute()
  ).map(({ text }) => text);
const record = async (outcome: 'safe' | 'hospital', now: Temporal.Instant) => {
  const { id } = await db
    .selectFrom('alert')
    .select('id')
    .where('household_id', '=', home.id)
    .executeTakeFirstOrThrow();
  await changeAlert(db, id, { kind: 'record_outcome', outcome, by: home.primaryId }, now);
};

describe('a family that asked', () => {
  it('hears at the time it chose that all is well, once a day', async () => {
    await seed.open(home, '2026-11-24T07:00:00+08:00');
    await morning(at('08:00:01'));
    await tellDailyWords(db, at('08:29:59'));
    expect(await heard()).toEqual([]);
    await Promise.all([tellDailyWords(db, at('08:30:00')), tellDailyWords(db, at('08:30:00'))]);
    await tellDailyWords(db, at('20:00:00'));
    await tellDailyWords(db, at('08:29:00'));
    expect(await heard()).toEqual(['【窗帘之约】王奶奶今天平安。']);
  });

  it('hears honestly that nobody knows yet, and again when the curtain opens', async () => {
    await morning(at('08:00:01'));
    await tellDailyWords(db, at('08:30:00'));
    expect(await heard()).toEqual(['【窗帘之约】王奶奶今天还没有报平安,正在跟进,有结果马上告诉您。']);
    await seed.open(home, '2026-11-24T08:40:00+08:00');
    await morning(at('08:40:01'));
    await tellDailyWords(db, at('08:40:02'));
    await tellDailyWords(db, at('08:41:00'));
    expect((await heard()).slice(1)).toEqual(['【窗帘之约】王奶奶今天平安,刚刚确认,请放心。']);
  });

  it('hears of a visit as soon as its outcome is recorded, and no diagnosis', async () => {
    await morning(at('08:00:01'));
    await tellDailyWords(db, at('08:30:00'));
    await record('hospital', at('08:45:00'));
    await tellDailyWords(db, at('08:46:00'));
    expect((await heard()).slice(1)).toEqual(['【窗帘之约】8:45有人上门看望了王奶奶,详情请与社区联系。']);
  });

  it('hears at its time of a visit that was before', async () => {
    await morning(at('08:00:01'));
    await record('safe', at('08:10:00'));
    await tellDailyWords(db, at('08:30:00'));
    expect(await heard()).toEqual([
      '【窗帘之约】8:10有人上门看望了王奶奶,平安,请放心。',
      '【窗帘之约】王奶奶今天有人上门看望,平安。',
    ]);
  });

  it('hears of a day that is excused, and before the deadline that it is still early', async () => {
    await changePerson(db, daughter, { dailyAt: '07:00' }, BY, at('01:00:01'));
    await tellDailyWords(db, at('07:00:00'));
    expect(await heard()).toEqual(['【窗帘之约】王奶奶今天还没到约定时间,有消息再告诉您。']);
    const leave = { id: randomUUID(), household_id: home.id, from_on: '2026-11-25', until_on: '2026-11-26' };
    await db
      .insertInto('leave')
      .values({ ...leave, created_at: new Date(), created_by: 'test' })
      .execute();
    const next = Temporal.Instant.from('2026-11-25T07:00:00+08:00');
    await morning(next);
    await tellDailyWords(db, next);
    expect((await heard()).at(-1)).toBe('【窗帘之约】王奶奶今天不在约定之内。');
  });

  it('hears nothing once it no longer asks; nobody else may ask', async () => {
    await changePerson(db, daughter, { dailyAt: null }, BY, at('01:00:01'));
    await tellDailyWords(db, at('08:30:00'));
    expect(await heard()).toEqual([]);
    expect(await changePerson(db, home.primaryId, { dailyAt: '08:30' }, BY, at('01:00:01'))).toMatchObject({
      ok: false,
      reason: 'not_family',
    });
  });
});
