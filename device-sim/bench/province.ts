import { sql } from 'kysely';
import pg from 'pg';
import type { Temporal } from 'temporal-polyfill';
import { DEFAULT_LADDER } from '#pact/ladder.ts';
import { createDatabase } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { toDate } from '#store/instant.ts';

/** As many as a large community has; a province is many of them. */
export const HOMES_PER_COMMUNITY = 1_000;
const HOMES_PER_STEWARD = 25;
const TIME_ZONE = 'Asia/Shanghai';
const LONG_AGO = new Date('2026-01-01T00:00:00Z');

/** Statements over a whole province may take as long as they need. */
export const openWithoutHaste = (connectionString: string): Db =>
  createDatabase(new pg.Pool({ connectionString, max: 1 }));

/**
 * So many homes in communities of a thousand, each with a pact, a steward and a sensor that was heard at `heardAt`,
 * written by whole tables: nothing of an import's own cost, its history and its triggers, is in it.
 */
export async function settleProvince(
  db: Db,
  homes: number,
  heardAt: Temporal.Instant,
  timeZone = TIME_ZONE,
): Promise<void> {
  const { steps, repeatMinutes, acknowledgementMinutes } = DEFAULT_LADDER;
  const communities = Math.ceil(homes / HOMES_PER_COMMUNITY);
  await db.connection().execute(async (connection) => {
    // Foreign keys hold by construction, and what the triggers note is not what is measured.
    await sql`set session_replication_role = replica`.execute(connection);
    await sql`
      create temporary table place as select n, gen_random_uuid() as id, gen_random_uuid() as grid_id
      from generate_series(0, ${communities}::int - 1) n`.execute(connection);
    await sql`
      insert into community (id, name, time_zone) select id, '社区 ' || n, ${timeZone} from place`.execute(
      connection,
    );
    await sql`insert into grid (id, community_id, name) select grid_id, id, '一格' from place`.execute(
      connection,
    );
    await sql`
      insert into ladder (id, community_id, name, steps, repeat_minutes, acknowledgement_minutes)
      select gen_random_uuid(), id, 'default', ${JSON.stringify(steps)}::jsonb, ${repeatMinutes}::int, ${acknowledgementMinutes}::int
      from place`.execute(connection);
    await sql`
      insert into person (id, community_id, kind, name, phone, created_at, updated_at)
      select gen_random_uuid(), id, 'steward', '红管家 ' || s, '+861' || lpad(n::text, 6, '0') || lpad(s::text, 4, '0'), ${LONG_AGO}, ${LONG_AGO}
      from place, generate_series(0, ${HOMES_PER_COMMUNITY / HOMES_PER_STEWARD}::int - 1) s`.execute(
      connection,
    );
    await sql`
      create temporary table home as
      select i, gen_random_uuid() as id, p.id as community_id, p.grid_id, i % ${HOMES_PER_COMMUNITY}::int as nth
      from generate_series(0, ${homes}::int - 1) i join place p on p.n = i / ${HOMES_PER_COMMUNITY}::int`.execute(
      connection,
    );
    await sql`
      insert into household (id, community_id, grid_id, code, salutation, building, unit, floor, room, created_at, updated_at)
      select id, community_id, grid_id, lpad(nth::text, 4, '0'), '王奶奶', (nth / 72)::text, '1', 5, '501', ${LONG_AGO}, ${LONG_AGO}
      from home`.execute(connection);
    await sql`
      insert into pact (id, household_id, ladder_id, from_on, updated_at)
      select gen_random_uuid(), h.id, l.id, '2026-01-01', ${LONG_AGO}
      from home h join ladder l on l.community_id = h.community_id`.execute(connection);
    await sql`
      insert into assignment (household_id, person_id, role)
      select h.id, p.id, 'primary' from home h join person p
        on p.community_id = h.community_id and p.name = '红管家 ' || h.nth / ${HOMES_PER_STEWARD}::int`.execute(
      connection,
    );
    await sql`
      insert into sensor (id, household_id, secret_hash, enrolled_at)
      select 'bench-' || i, id, ''::bytea, ${LONG_AGO} from home`.execute(connection);
    await sql`
      insert into sensor_state (sensor_id, household_id, curtain, first_seen_at, last_seen_at)
      select 'bench-' || i, id, 'closed', ${LONG_AGO}, ${toDate(heardAt)} from home`.execute(connection);
    await sql`drop table home, place`.execute(connection);
    await sql`set session_replication_role = origin`.execute(connection);
    // What autovacuum does within minutes of such an import; the plans of the first minutes are not what is measured.
    await sql`vacuum analyze`.execute(connection);
    await sql`checkpoint`.execute(connection);
  });
}
