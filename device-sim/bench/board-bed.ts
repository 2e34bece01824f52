import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { createSensorSecret, hashSensorSecret } from '#platform/sensor-secret.ts';
import { insertAccount } from '#store/account/accounts.ts';
import { createSession } from '#store/account/sessions.ts';
import { CHANGE_CHANNEL } from '#store/change-feed.ts';
import type { Db } from '#store/database.ts';
import { toDate } from '#store/instant.ts';
import { seedCommunity } from '#store/testing/seed.ts';

export type BoardHomes = {
  communityId: string;
  householdIds: string[];
  sensorIds: string[];
  secrets: string[];
};

/** Homes on each staircase's floor, floors, staircases: a building of the bench holds 72 homes. */
const PLACES = { rooms: 4, floors: 6, units: 3 };
const HOMES_PER_STEWARD = 40;

/** A community of so many homes, each with a pact, a steward and a sensor that was heard a moment ago. */
export async function enrolHomes(
  db: Db,
  count: number,
  key: string,
  now: Temporal.Instant,
): Promise<BoardHomes> {
  const { communityId } = await seedCommunity(db);
  const before = toDate(now.subtract({ hours: 48 }));
  const householdIds = Array.from({ length: count }, () => randomUUID());
  const sensorIds = householdIds.map((_, index) => `bench-${index}`);
  const secrets = sensorIds.map(createSensorSecret);
  const hashes = secrets.map((secret, index) => hashSensorSecret(key, sensorIds[index] ?? '', secret));
  const { rooms, floors, units } = PLACES;
  const each = rooms * floors * units;
  await sql`
    insert into household (id, community_id, grid_id, code, salutation, building, unit, room, created_at, updated_at)
    select u.id, ${communityId}, g.id, lpad(u.n::text, 4, '0'), '王奶奶', ((u.n - 1) / ${each}::int + 1)::text,
      ((u.n - 1) / ${rooms * floors}::int % ${units}::int + 1)::text,
      ((u.n - 1) / ${rooms}::int % ${floors}::int + 1)::text || '0' || ((u.n - 1) % ${rooms}::int + 1)::text, ${before}, ${before}
    from unnest(${householdIds}::uuid[]) with ordinality as u(id, n),
      (select id from grid where community_id = ${communityId} limit 1) g`.execute(db);
  await sql`
    insert into pact (id, household_id, ladder_id, from_on, updated_at)
    select gen_random_uuid(), h.id, l.id, '2026-01-01', ${before}
    from household h join ladder l on l.community_id = h.community_id`.execute(db);
  await sql`
    insert into person (id, community_id, kind, name, phone, created_at, updated_at)
    select gen_random_uuid(), ${communityId}, 'steward', '红管家' || n, '+86138' || lpad(n::text, 8, '0'), ${before}, ${before}
    from generate_series(1, ${Math.ceil(count / HOMES_PER_STEWARD)}::int) n`.execute(db);
  await sql`
    insert into assignment (household_id, person_id, role)
    select h.id, p.id, 'primary' from household h
    join person p on p.community_id = h.community_id and p.kind = 'steward'
      and p.name = '红管家' || ((h.code::int - 1) / ${HOMES_PER_STEWARD}::int + 1)`.execute(db);
  await sql`
    insert into sensor (id, household_id, secret_hash, enrolled_at)
    select u.id, u.household_id, u.hash, ${before}
    from unnest(${sensorIds}::text[], ${householdIds}::uuid[], ${hashes}::bytea[]) as u(id, household_id, hash)`.execute(
    db,
  );
  await sql`
    insert into sensor_state (sensor_id, household_id, curtain, first_seen_at, last_seen_at)
    select id, household_id, 'closed', ${before}, ${toDate(now)} from sensor`.execute(db);
  // What autovacuum does within a minute of such an import; the plans of the first minute are not what is measured.
  await sql`analyze`.execute(db);
  return { communityId, householdIds, sensorIds, secrets };
}

/** The morning as it was before anybody got up, on every board. */
export async function startOver(db: Db, communityId: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`update sensor_state set curtain = 'closed' where household_id is not null`.execute(tx);
    await sql`
      update pact_day set verdict = 'awaiting', closed_as = null, proof_at = null, proof_kind = null, judged_at = null
      where community_id = ${communityId} and verdict = 'kept'`.execute(tx);
    await sql`select pg_notify(${CHANGE_CHANNEL}, ${JSON.stringify({ community: communityId })})`.execute(tx);
  });
}

/** The cookie of somebody at the board. */
export async function signIn(db: Db, now: Temporal.Instant): Promise<{ name: string; value: string }> {
  const account = await db
    .transaction()
    .execute((tx) =>
      insertAccount(tx, { username: 'bench', name: 'Bench', passwordHash: 'unused', role: 'admin' }, now),
    );
  if (!account) throw new Error('the database of the bench is its own');
  return { name: 'pact', value: await createSession(db, account.id, now, now.add({ hours: 12 })) };
}
