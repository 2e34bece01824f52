import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';
import { createLeave } from '../register/leave.ts';
import { type Seed, type SeededHome, seedCommunity } from '../testing/seed.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { openCareDays } from './open-care.ts';
import { readCareDay, readHomeCare } from './read-care.ts';
import { doTask } from './tasks.ts';
import { watchDrifts } from './watch-drifts.ts';

const BY = { kind: 'token', id: 'a-program' };
const TODAY = Temporal.PlainDate.from('2026-11-24');
const timeZone = 'Asia/Shanghai';
const on = (date: string, time = '06:00') => Temporal.Instant.from(`${date}T${time}+08:00`);
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
  await db.deleteFrom('care_day').execute();
  seed = await seedCommunity(db);
  home = await seed.addHome();
});

/** The pact days of the four weeks before today: kept at that minute, or missed without one. */
async function mornings(of: SeededHome, minuteOf: (x: number) => number | undefined) {
  const { id: pactId } = await db
    .selectFrom('pact')
    .select('id')
    .where('household_id', '=', of.id)
    .executeTakeFirstOrThrow();
  await db
    .insertInto('pact_day')
    .values(
      Array.from({ length: 28 }, (_, x) => {
        const date = TODAY.subtract({ days: 28 - x });
        const midnight = date.toZonedDateTime(timeZone).toInstant();
        const minute = minuteOf(x);
        const kept = { verdict: 'kept' as const, closed_as: 'kept' as const, proof_kind: 'opened' };
        return {
          ...{
            household_id: of.id,
            on_date: date.toString(),
            community_id: seed.communityId,
            pact_id: pactId,
          },
          ...{
            earliest_at: toDate(midnight.add({ hours: 4 })),
            deadline_at: toDate(midnight.add({ hours: 10 })),
          },
          ...(minute === undefined
            ? { verdict: 'missed' as const, closed_as: 'unresolved' as const, reason: 'no_signal' }
            : { ...kept, proof_at: toDate(midnight.add({ minutes: minute })) }),
        };
      }),
    )
    .execute();
}
const later = (x: number) => 390 + 3 * x;
const look = async (date = TODAY.toString()) => {
  await openCareDays(db, on(date));
  while (await watchDrifts(db, on(date), 1));
};
const raised = () =>
  db
    .selectFrom('care_task')
    .select(['household_id', 'occasion', 'due_on', 'state'])
    .where('community_id', '=', seed.communityId)
    .where('evidence', 'is not', null)
    .execute();

it('asks for a must-visit where the mornings come later and later, and shows the days that say why', async () => {
  await mornings(home, later);
  const steady = await seed.addHome();
  await mornings(steady, () => 390);
  await look();
  expect(await raised()).toEqual([
    { household_id: home.id, occasion: 'drift_later', due_on: '2026-11-27', state: 'open' },
  ]);
  const { items } = await readCareDay(db, { id: seed.communityId, timeZone }, undefined, on('2026-11-24'));
  expect(items).toMatchObject([{ kind: 'must_visit', occasion: 'drift_later', ownerId: home.primaryId }]);
  const { drift } = await readHomeCare(
    db,
    { id: home.id, communityId: seed.communityId, timeZone },
    on('2026-11-24'),
  );
  expect(drift).toMatchObject({ kind: 'later', from: 390, to: 471, raisedOn: '2026-11-24', state: 'open' });
  expect(drift?.days).toHaveLength(28);
  expect(drift?.days[0]).toEqual({ on: '2026-10-27', minute: 390, contacts: 1 });
});

it('asks once: not by two at once, not the next day, and not for weeks after somebody has looked', async () => {
  await mornings(home, later);
  await openCareDays(db, on('2026-11-24'));
  await Promise.all([watchDrifts(db, on('2026-11-24')), watchDrifts(db, on('2026-11-24'))]);
  await look();
  await look('2026-11-25');
  expect(await raised()).toHaveLength(1);
  const { id } = await db
    .selectFrom('care_task')
    .select('id')
    .where('household_id', '=', home.id)
    .executeTakeFirstOrThrow();
  await doTask(db, id, { key: randomUUID() }, { author: BY, personId: null }, on('2026-11-25', '09:00'));
  await look('2026-11-26');
  expect(await raised()).toMatchObject([{ state: 'done' }]);
});

it('asks where a home is heard of less and less', async () => {
  await mornings(home, (x) => (x < 14 || x % 3 === 0 ? 390 : undefined));
  await look();
  expect(await raised()).toMatchObject([{ household_id: home.id, occasion: 'drift_fewer' }]);
});

it('asks nothing of who is away, and does not count the days away', async () => {
  await mornings(home, (x) => (x < 14 || x % 3 === 0 ? 390 : undefined));
  await db
    .updateTable('pact_day')
    .set({ verdict: 'excused', reason: 'on_leave', closed_as: 'excused' })
    .where('household_id', '=', home.id)
    .where('on_date', '>=', '2026-11-14')
    .execute();
  const other = await seed.addHome();
  await mornings(other, later);
  await createLeave(
    db,
    { householdId: other.id, fromOn: '2026-11-24', untilOn: '2026-11-25' },
    BY,
    on('2026-11-24', '05:00'),
  );
  await look();
  expect(await raised()).toEqual([]);
});
