import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeAlert } from '../alert/change-alert.ts';
import type { Db } from '../database.ts';
import { judgeDueDays } from '../pact-day/judge-due-days.ts';
import { openDays, refreshStaleDays } from '../pact-day/open-days.ts';
import { weighSignals } from '../pact-day/weigh-signals.ts';
import { type Seed, type SeededHome, seedCommunity } from '../testing/seed.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { tellAllClear } from './tell-all-clear.ts';

const at = (time: string) => Temporal.Instant.from(`2026-11-24T${time}+08:00`);
let opened: TestDb;
let db: Db;
let seed: Seed;
beforeAll(async () => {
  opened = await openTestDb();
  db = opened.db;
});
afterAll(() => opened?.close());
beforeEach(async () => {
  seed = await seedCommunity(db);
});

async function morning(now: Temporal.Instant) {
  await openDays(db, now);
  await refreshStaleDays(db, now, 500);
  await weighSignals(db, now, 500);
  await judgeDueDays(db, now, [], 500);
}
const texts = async () =>
  (
    await db
      .selectFrom('message')
      .select('text')
      .where('community_id', '=', seed.communityId)
      .where('kind', '=', 'notice')
      .where('person_id', '=', seed.officeId)
      .orderBy('created_at')
      .execute()
  ).map(({ text }) => text);
const recordSafe = async (home: SeededHome, now: Temporal.Instant) => {
  const { id } = await db
    .selectFrom('alert')
    .select('id')
    .where('household_id', '=', home.id)
    .executeTakeFirstOrThrow();
  await changeAlert(db, id, { kind: 'record_outcome', outcome: 'safe', by: undefined }, now);
};

describe('the office', () => {
  it('hears five minutes after the last deadline that everybody is well, once', async () => {
    const [one, two] = [await seed.addHome(), await seed.addHome({ pact: { deadline: '08:30' } })];
    await db
      .insertInto('leave')
      .values({
        id: '0193a000-0000-7000-8000-000000000001',
        household_id: (await seed.addHome()).id,
        from_on: '2026-11-20',
        until_on: '2026-11-24',
        created_at: new Date(),
        created_by: 'test',
      })
      .execute();
    await morning(at('01:00:00'));
    await seed.open(one, '2026-11-24T07:00:00+08:00');
    await seed.open(two, '2026-11-24T08:10:00+08:00');
    await morning(at('08:30:01'));
    await tellAllClear(db, at('08:34:59'));
    expect(await texts()).toEqual([]);
    await Promise.all([tellAllClear(db, at('08:35:00')), tellAllClear(db, at('08:35:00'))]);
    await tellAllClear(db, at('09:00:00'));
    expect(await texts()).toEqual(['【窗帘之约】3户:2户已拉帘,1户外出']);
  });

  it('hears something else while anybody is open, and once more when the last one is closed', async () => {
    const [one, two] = [await seed.addHome(), await seed.addHome()];
    await morning(at('01:00:00'));
    await morning(at('08:00:01'));
    await tellAllClear(db, at('08:05:00'));
    expect(await texts()).toEqual(['【窗帘之约】注意!还有2户未见平安:01、02。2户:0户已拉帘']);
    await recordSafe(one, at('08:20:00'));
    await tellAllClear(db, at('08:21:00'));
    expect(await texts()).toHaveLength(1);
    await recordSafe(two, at('08:40:00'));
    await tellAllClear(db, at('08:41:00'));
    await tellAllClear(db, at('08:42:00'));
    expect((await texts()).at(-1)).toBe('【窗帘之约】全部见到人了。2户:0户已拉帘,2户上门');
    expect(await texts()).toHaveLength(2);
  });

  it('hears it late after a downtime, and not on the next day', async () => {
    const home = await seed.addHome();
    await morning(at('01:00:00'));
    await seed.open(home, '2026-11-24T07:00:00+08:00');
    await morning(at('21:00:00'));
    await tellAllClear(db, at('21:00:01'));
    expect(await texts()).toHaveLength(1);
    await morning(Temporal.Instant.from('2026-11-25T01:00:00+08:00'));
    await tellAllClear(db, Temporal.Instant.from('2026-11-25T01:00:00+08:00'));
    expect(await texts()).toHaveLength(1);
  });

  it('hears nothing where nobody is enrolled', async () => {
    await tellAllClear(db, at('09:00:00'));
    expect(await texts()).toEqual([]);
  });
});
