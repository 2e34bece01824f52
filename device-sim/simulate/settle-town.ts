import { type RawBuilder, sql } from 'kysely';
import { DEFAULT_LADDER } from '#pact/ladder.ts';
import type { Db } from '#store/database.ts';
import type { Chance } from './chance.ts';
import type { Plan } from './plan.ts';

const HOUR = 3_600_000;

/**
 * Empties the database and writes a plan's community into it. Rows are removed and not truncated, so that the plans of
 * prepared statements live on; foreign keys rest meanwhile.
 */
export async function settleTown(db: Db, plan: Plan, chance: Chance): Promise<void> {
  await emptyTables(db);
  const gridId = chance.nextUuid();
  const ladderId = chance.nextUuid();
  const canaryId = chance.nextUuid();
  const longAgo = new Date(plan.beginsAt - 90 * 24 * HOUR);
  const signed = new Date(plan.beginsAt);
  const { steps, repeatMinutes, acknowledgementMinutes } = DEFAULT_LADDER;
  const homes = plan.homes;
  const sensors = homes.flatMap((home) => (home.sensor ? [{ home, sensor: home.sensor }] : []));
  const leaves = homes.flatMap((home) =>
    home.days.flatMap((day, index) =>
      day.onLeave
        ? [{ id: chance.nextUuid(), household_id: home.id, on_date: String(plan.dates[index]) }]
        : [],
    ),
  );
  const heardAt = new Date(plan.beginsAt - HOUR / 2).toISOString();

  await db
    .insertInto('community')
    .values({ id: plan.communityId, name: '东苑社区', time_zone: plan.timeZone })
    .execute();
  await db.insertInto('grid').values({ id: gridId, community_id: plan.communityId, name: '一格' }).execute();
  await db
    .insertInto('ladder')
    .values({
      ...{ id: ladderId, community_id: plan.communityId, name: 'default', steps: JSON.stringify(steps) },
      ...{ repeat_minutes: repeatMinutes, acknowledgement_minutes: acknowledgementMinutes },
    })
    .execute();
  await sql`
    insert into person (id, community_id, kind, name, phone, created_at, updated_at)
    select id, ${plan.communityId}::uuid, kind, kind || phone, phone, ${longAgo}, ${longAgo}
    from ${rows([...plan.people.values()])} as r(id uuid, kind text, phone text)`.execute(db);
  // The canary is there before rules would make it, under an id that a seed repeats.
  await sql`
    insert into household (id, community_id, grid_id, code, salutation, building, room, is_canary, created_at, updated_at)
    select id, ${plan.communityId}::uuid, ${gridId}::uuid, code, '王奶奶', '3栋', code, code = 'canary', ${longAgo}, ${longAgo}
    from ${rows([...homes, { id: canaryId, code: 'canary' }])} as r(id uuid, code text)`.execute(db);
  await sql`
    insert into pact (id, household_id, ladder_id, deadline, earliest, signal_closes, from_on, updated_at)
    select "pactId", id, ${ladderId}::uuid, deadline, earliest, "signalCloses", '2026-01-01', ${signed}
    from ${rows([
      ...homes.map((home) => ({ ...home, pactId: chance.nextUuid(), earliest: '04:00' })),
      { id: canaryId, pactId: chance.nextUuid(), deadline: '08:00', earliest: '00:00', signalCloses: true },
    ])} as r(id uuid, "pactId" uuid, deadline text, earliest text, "signalCloses" boolean)`.execute(db);
  await sql`
    insert into assignment (household_id, person_id, role, position)
    select * from ${rows(
      homes.flatMap(({ id, primary, backup, neighbours }) => [
        { home: id, person: primary, role: 'primary', position: 0 },
        { home: id, person: backup, role: 'backup', position: 0 },
        ...neighbours.map((person, position) => ({ home: id, person, role: 'neighbour', position })),
      ]),
    )} as r(home uuid, person uuid, role text, position int)`.execute(db);
  await sql`
    insert into sensor (id, household_id, secret_hash, silence_minutes, gateway, enrolled_at)
    select id, home, '\\x00'::bytea, 90, gateway, ${longAgo}
    from ${rows(sensors.map(({ home, sensor }) => ({ home: home.id, id: sensor.id, gateway: `gateway ${sensor.gateway}` })))}
      as r(id text, home uuid, gateway text)`.execute(db);
  await sql`
    insert into sensor_state (sensor_id, household_id, curtain, first_seen_at, last_seen_at)
    select id, home, curtain, seen, seen
    from ${rows(
      sensors.map(({ home, sensor }) => ({
        ...{ home: home.id, id: sensor.id, seen: home.isNew ? null : heardAt },
        curtain: home.isNew ? 'unknown' : home.openBefore ? 'open' : 'closed',
      })),
    )} as r(id text, home uuid, curtain text, seen timestamptz)`.execute(db);
  await sql`
    insert into leave (id, household_id, from_on, until_on, created_at, created_by)
    select id, household_id, on_date, on_date, ${longAgo}, 'simulation'
    from ${rows(leaves)} as r(id uuid, household_id uuid, on_date date)`.execute(db);
}

const rows = (items: readonly object[]): RawBuilder<unknown> =>
  sql`jsonb_to_recordset(${JSON.stringify(items)}::jsonb)`;

type Emptying = { statements: string; times: number };
const emptyings = new WeakMap<Db, Emptying>();
/** Rows that are gone cost each statement a little until they are vacuumed away, which has every plan made anew. */
const VACUUM_EVERY = 50;

async function emptyTables(db: Db): Promise<void> {
  let emptying = emptyings.get(db);
  if (!emptying) {
    const { rows: tables } = await sql<{ name: string }>`
      select format('%I', relname) as name from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not like 'kysely%' order by 1`.execute(
      db,
    );
    const deletes = tables.map(({ name }) => `delete from ${name};`).join('');
    const statements = `set session_replication_role = replica; ${deletes} set session_replication_role = origin`;
    emptying = { statements, times: 0 };
    emptyings.set(db, emptying);
  }
  emptying.times += 1;
  await sql.raw(emptying.statements).execute(db);
  if (emptying.times % VACUUM_EVERY === 0) await sql.raw('vacuum;').execute(db);
}
