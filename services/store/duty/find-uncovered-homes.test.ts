import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createDatabase, createPool } from '../connect.ts';
import type { Db } from '../database.ts';
import { type Seed, seedCommunity } from '../testing/seed.ts';
import { findUncoveredHomes } from './find-uncovered-homes.ts';

const TOMORROW = Temporal.PlainDate.from('2026-11-25');
let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(
    createPool({ connectionString: database.url, size: 2, name: 'test', onError: () => undefined }),
  );
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

/** Away all day tomorrow, or for some hours of it. */
const takeOff = (personId: string, hours?: [string, string], standIn?: string) =>
  db
    .insertInto('absence')
    .values({
      id: randomUUID(),
      person_id: personId,
      from_on: TOMORROW.toString(),
      until_on: TOMORROW.toString(),
      from_time: hours?.[0] ?? null,
      until_time: hours?.[1] ?? null,
      stand_in_id: standIn ?? null,
      created_at: new Date('2026-11-24T10:00:00+08:00'),
      created_by: 'test',
    })
    .execute();

const alone = async (seed: Seed, date = TOMORROW) =>
  (await findUncoveredHomes(db, seed.communityId, date)).map(({ code }) => code);

it('names the homes that nobody but the office would be called for, by their numbers', async () => {
  const seed = await seedCommunity(db);
  const homes = [await seed.addHome({ code: '10' }), await seed.addHome({ code: '9' })];
  await seed.addHome({ code: '11' });
  expect(await alone(seed)).toEqual([]);
  for (const home of homes) {
    for (const id of [home.primaryId, home.backupId, ...home.neighbourIds]) await takeOff(id);
  }
  expect(await alone(seed)).toEqual(['9', '10']);
  expect(await alone(seed, TOMORROW.add({ days: 1 }))).toEqual([]);
});

it('takes a stand-in for cover, and an hour off around the deadline for none', async () => {
  const seed = await seedCommunity(db);
  const other = await seed.addHome({ code: '1' });
  const covered = await seed.addHome({ code: '2' });
  const early = await seed.addHome({ code: '3' });
  const late = await seed.addHome({ code: '4' });
  for (const home of [covered, early, late]) {
    for (const id of [home.backupId, ...home.neighbourIds]) await takeOff(id);
  }
  await takeOff(covered.primaryId, undefined, other.primaryId);
  await takeOff(early.primaryId, ['07:00', '08:05']);
  await takeOff(late.primaryId, ['08:02', '09:00']);
  expect(await alone(seed)).toEqual(['3', '4']);
});

it('leaves out homes that are away or have no pact that day', async () => {
  const seed = await seedCommunity(db);
  const thursdays = await seed.addHome({ pact: { weekdays: [4] } });
  const onLeave = await seed.addHome();
  for (const home of [thursdays, onLeave]) {
    for (const id of [home.primaryId, home.backupId, ...home.neighbourIds]) await takeOff(id);
  }
  await db
    .insertInto('leave')
    .values({
      id: randomUUID(),
      household_id: onLeave.id,
      from_on: '2026-11-25',
      until_on: '2026-11-25',
      created_at: new Date('2026-11-24T10:00:00+08:00'),
      created_by: 'test',
    })
    .execute();
  expect(await alone(seed)).toEqual([]);
});
