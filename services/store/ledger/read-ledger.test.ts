import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createDatabase, createPool } from '../connect.ts';
import type { Db } from '../database.ts';
import { type Seed, seedCommunity } from '../testing/seed.ts';
import { readHomes } from '../today/read-homes.ts';
import { readCounts, readLedger, readLedgerHomes } from './read-ledger.ts';

const NOW = Temporal.Instant.from('2026-11-24T09:00:00+08:00');

let database: TestDatabase;
let db: Db;
let seed: Seed;
let homes: { id: string; pactId: string }[];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(
    createPool({ connectionString: database.url, size: 2, name: 'ledger-test', onError: () => {} }),
  );
  seed = await seedCommunity(db);
  for (let n = 0; n < 8; n += 1) await seed.addHome({ sensor: false });
  homes = await db.selectFrom('pact').select(['household_id as id', 'id as pactId']).execute();
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

/** Every way in which the schema lets a day be. */
const CLOSINGS = [
  ['awaiting', null],
  ['kept', 'kept'],
  ['kept', 'kept_late'],
  ['missed', 'visited'],
  ['missed', 'unresolved'],
  ['excused', 'excused'],
] as const;
const aDay = fc.record({
  home: fc.integer({ min: 0, max: 7 }),
  onDate: fc.constantFrom('2026-11-22', '2026-11-23', '2026-11-24'),
  closing: fc.constantFrom(...CLOSINGS),
});

it('adds up to the enrolled homes, whatever became of each day', async () => {
  const days = fc.uniqueArray(aDay, { maxLength: 24, selector: ({ home, onDate }) => `${home}/${onDate}` });
  await fc.assert(
    fc.asyncProperty(days, async (written) => {
      await db.deleteFrom('pact_day').execute();
      for (const { home, onDate, closing } of written) {
        await db
          .insertInto('pact_day')
          .values({
            household_id: homes[home]!.id,
            pact_id: homes[home]!.pactId,
            community_id: seed.communityId,
            on_date: onDate,
            earliest_at: new Date(`${onDate}T04:00:00+08:00`),
            deadline_at: new Date(`${onDate}T08:00:00+08:00`),
            verdict: closing[0],
            closed_as: closing[1],
          })
          .execute();
      }
      const range = { communityId: seed.communityId, from: '2026-11-22', to: '2026-11-24' };
      const ledger = await readLedger(db, range);
      const dates = [...new Set(written.map((day) => day.onDate))].sort().reverse();
      expect(ledger.map((day) => day.date)).toEqual(dates);
      for (const { date, counts } of ledger) {
        const { enrolled, unprotected, ...columns } = counts;
        const ofDate = written.filter((day) => day.onDate === date);
        expect(enrolled).toBe(ofDate.length);
        expect(Object.values(columns).reduce((sum, count) => sum + count, 0)).toBe(enrolled);
        expect(counts.keptLate).toBe(ofDate.filter((day) => day.closing[1] === 'kept_late').length);
        const of = { communityId: seed.communityId, date };
        expect(await readCounts(db, { ...of, opened: true })).toEqual(counts);
        for (const opened of [true, false]) {
          const said = await readCounts(db, { ...of, opened });
          const shown = await readHomes(db, { ...of, householdIds: 'all', opened }, NOW);
          expect(said.enrolled + said.unprotected).toBe(shown.length);
          expect(said.unprotected).toBe(shown.filter(({ state }) => state === 'unprotected').length);
          expect(said.awaiting).toBe(shown.filter(({ state }) => state === 'awaiting').length);
        }
        expect(unprotected).toBe(homes.length - enrolled);
        expect(await readLedgerHomes(db, seed.communityId, date)).toHaveLength(enrolled);
      }
    }),
    { seed: 20261124, numRuns: 25 },
  );
  const nobody = await readCounts(db, { communityId: randomUUID(), date: '2026-11-24', opened: true });
  expect(nobody).toEqual({
    enrolled: 0,
    awaiting: 0,
    kept: 0,
    keptLate: 0,
    visited: 0,
    excused: 0,
    unresolved: 0,
    unprotected: 0,
  });
});
