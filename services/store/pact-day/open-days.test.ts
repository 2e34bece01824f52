import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seedCommunity } from '../testing/seed.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { openDays } from './open-days.ts';

let test: TestDb;
beforeAll(async () => {
  test = await openTestDb();
});
afterAll(() => test.close());

const HOMES = 10_001;
const MORNING = Temporal.Instant.from('2026-11-24T09:00:00+08:00');

it('opens the day of every home of a large community, each with its own promise, and only where it was made in time', async () => {
  const { communityId } = await seedCommunity(test.db);
  // Every third is up by half past ten, every seventh away; every eleventh has promised this morning, after eight.
  await sql`
    with home as (
      insert into household (id, community_id, grid_id, code, salutation, building, room, created_at, updated_at)
      select gen_random_uuid(), g.community_id, g.id, i::text, '王奶奶', '1', '501', now(), now()
      from grid g, generate_series(1, ${HOMES}::int) i where g.community_id = ${communityId} returning id, code::int as i
    ), pacted as (
      insert into pact (id, household_id, ladder_id, from_on, updated_at, deadline)
      select gen_random_uuid(), h.id, l.id, '2026-01-01',
        case when i % 11 = 0 then '2026-11-24T08:30:00+08:00' else '2026-01-01T00:00:00Z' end::timestamptz,
        case when i % 3 = 0 then '10:30' else '08:00' end
      from home h join ladder l on l.community_id = ${communityId}
    )
    insert into leave (id, household_id, from_on, until_on, created_at, created_by)
    select gen_random_uuid(), id, date '2026-11-01' + i % 5, '2026-12-24', now(), 'office' from home where i % 7 = 0`.execute(
    test.db,
  );
  const expected = Array.from({ length: HOMES }, (_, index) => index + 1).flatMap((i) => {
    const deadline = i % 3 === 0 ? '02:30' : '00:00';
    const isInTime = i % 3 === 0 || i % 11 !== 0;
    return isInTime ? [`${i} ${deadline} ${i % 7 === 0 ? 'excused on_leave' : 'awaiting'}`] : [];
  });

  expect(await openDays(test.db, MORNING)).toBe(expected.length);

  const { rows } = await sql<{ day: string }>`
    select concat_ws(' ', h.code, to_char(d.deadline_at at time zone 'UTC', 'HH24:MI'), d.verdict, d.reason) as day
    from pact_day d join household h on h.id = d.household_id join pact p on p.id = d.pact_id and p.household_id = h.id
    where d.on_date = '2026-11-24' and d.community_id = ${communityId} order by h.code::int`.execute(test.db);
  expect(rows.map(({ day }) => day)).toEqual(expected);
  expect(await openDays(test.db, MORNING)).toBe(0);
});
