import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Db } from '../database.ts';
import { seedCommunity } from '../testing/seed.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { watchSensors } from './watch-sensors.ts';

const NOW = Temporal.Instant.from('2026-11-24T01:00:00+08:00');
let opened: TestDb;
let db: Db;
beforeAll(async () => {
  opened = await openTestDb();
  db = opened.db;
});
afterAll(() => opened?.close());

it('watches the sensors of five thousand homes that PostgreSQL has no statistics of yet', async () => {
  const { communityId } = await seedCommunity(db);
  // As an import leaves them; nothing has counted these rows, so that a plan is made blindly.
  await sql`
    insert into household (id, community_id, grid_id, code, salutation, building, room, created_at, updated_at)
    select gen_random_uuid(), ${communityId}, g.id, lpad(n::text, 4, '0'), '王奶奶', '1', n::text, now(), now()
    from generate_series(1, 5000) n, (select id from grid where community_id = ${communityId} limit 1) g`.execute(
    db,
  );
  await sql`
    insert into sensor (id, household_id, secret_hash, enrolled_at)
    select 'bulk-' || code, id, '\\x00'::bytea, '2026-11-23' from household`.execute(db);
  await sql`
    insert into sensor_state (sensor_id, household_id, curtain, first_seen_at, last_seen_at, battery)
    select id, household_id, 'closed', '2026-11-23', ${new Date(NOW.epochMilliseconds)},
      case when id = 'bulk-0007' then 10 else 90 end from sensor`.execute(db);
  // A query that runs into the limit of its connection fails here as it would fail every sweep.
  expect(await watchSensors(db, NOW)).toEqual({ opened: 1, closed: 0 });
}, 120_000);
