import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { openDays } from '#store/pact-day/open-days.ts';
import { enrolNeighbourhood } from './enrol.ts';
import { inventNeighbourhood } from './neighbourhood.ts';
import { createSeededRandom } from './seeded-random.ts';

const now = Temporal.Instant.from('2026-03-02T22:25:00Z');
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

test('a neighbourhood enters the register with its people, its sensors and its day', async () => {
  const neighbourhood = inventNeighbourhood(createSeededRandom(1));
  const credentials = await enrolNeighbourhood(db, neighbourhood, {
    key: Buffer.alloc(32, 1),
    timeZone: 'Asia/Shanghai',
    language: 'en',
    withSensor: new Set(neighbourhood.homes.slice(1).map((home) => home.code)),
    onLeave: new Set(['07', '21']),
    now,
  });
  await openDays(db, now);

  expect(credentials.size).toBe(44);
  expect(credentials.get('02')).toEqual({ sensorId: 'curtain-02', secret: expect.stringMatching(/^.{43}$/) });
  const { rows } = await sql`
    select (select count(*) from household) as homes, (select count(*) from resident) as residents,
      (select count(*) from person where kind = 'steward') as stewards,
      (select count(*) from assignment where role = 'primary') as primaries,
      (select count(*) from assignment where role = 'backup') as backups,
      (select count(*) from assignment where role = 'neighbour') as neighbours,
      (select count(*) from person where kind = 'office') as office,
      (select language from community) as language,
      (select count(*) from pact_day where verdict = 'awaiting' and deadline_at = '2026-03-03T00:00Z') as awaiting,
      (select count(*) from pact_day where reason = 'on_leave') as away`.execute(db);
  expect(rows[0]).toEqual({
    homes: 45,
    residents: 45,
    stewards: 35,
    primaries: 45,
    backups: 45,
    neighbours: 90,
    office: 1,
    language: 'en',
    awaiting: 43,
    away: 2,
  });
});
