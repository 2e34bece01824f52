import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';

/** What a canary is called in the register: no home's number, because those are digits. */
const CODE = 'canary';
const DEFAULT_DEADLINE = '08:00';

/**
 * Sees to it that each community with an office number and a grid has its canary, with the deadline that most
 * of its homes have. One whose office is gone rests until there is a number to page again. Doing it twice
 * changes nothing.
 * @returns how many were made, moved, put to rest or woken
 */
export async function keepCanaries(db: Db, now: Temporal.Instant): Promise<number> {
  // Most times all is as it should be, and this one question is all that it costs.
  if (!(await isAnyAmiss(db))) return 0;
  const at = toDate(now);
  return db.transaction().execute(async (tx) => {
    // Two at once break the homes' numbers before either sees the other's canary, and a sweep ends with the error.
    await sql`select pg_advisory_xact_lock(hashtext('canary'), 0)`.execute(tx);
    const { rows } = await sql<{ id: string }>`
      insert into household as h (id, community_id, grid_id, code, salutation, building, room, is_canary, created_at, updated_at)
      select gen_random_uuid(), c.id, g.id, ${CODE}, '-', '-', '-', true, ${at}, ${at}
      from community c join lateral (select id from grid where community_id = c.id order by name limit 1) g on true
      where ${HAS_OFFICE} and exists (select from ladder l where l.community_id = c.id)
      order by c.id
      on conflict (community_id) where is_canary do update set removed_at = null, updated_at = excluded.updated_at
        where h.removed_at is not null
      returning id`.execute(tx);
    const rested = await sql`
      update household h set removed_at = ${at}, updated_at = ${at} from community c
      where c.id = h.community_id and h.is_canary and h.removed_at is null and not ${HAS_OFFICE}`.execute(tx);
    const { rows: moved } = await sql`
      with usual as (${USUAL})
      insert into pact as p (id, household_id, ladder_id, deadline, earliest, from_on, updated_at)
      select gen_random_uuid(), h.id, l.id, coalesce(u.deadline, ${DEFAULT_DEADLINE}), '00:00',
        (${at}::timestamptz at time zone c.time_zone)::date, ${at}
      from household h join community c on c.id = h.community_id left join usual u on u.community_id = c.id
      join lateral (select id from ladder where community_id = c.id order by name = 'default' desc, name limit 1) l on true
      where h.is_canary and h.removed_at is null
      on conflict (household_id) do update set deadline = excluded.deadline, updated_at = excluded.updated_at
        where p.deadline <> excluded.deadline
      returning p.id`.execute(tx);
    return rows.length + moved.length + Number(rested.numAffectedRows ?? 0n);
  });
}

/** Of the community `c`. */
const HAS_OFFICE = sql`exists (select from person p where p.community_id = c.id and p.kind = 'office' and p.removed_at is null)`;

/** The deadline that most homes of each community have. */
const USUAL = sql`
  select distinct on (h.community_id) h.community_id, p.deadline
  from household h join pact p on p.household_id = h.id
  where h.removed_at is null and not h.is_canary
  group by h.community_id, p.deadline order by h.community_id, count(*) desc, p.deadline`;

async function isAnyAmiss(db: Db): Promise<boolean> {
  const { rows } = await sql<{ is: boolean }>`
    with usual as (${USUAL})
    select exists (
      select from community c
      left join household h on h.community_id = c.id and h.is_canary and h.removed_at is null
      left join pact p on p.household_id = h.id
      left join usual u on u.community_id = c.id
      cross join lateral (select exists (select from ladder l where l.community_id = c.id) as "is") has_ladder
      where case when h.id is null
        then has_ladder."is" and ${HAS_OFFICE} and exists (select from grid g where g.community_id = c.id)
        else not ${HAS_OFFICE} or has_ladder."is" and p.deadline is distinct from coalesce(u.deadline, ${DEFAULT_DEADLINE}) end
    ) as is`.execute(db);
  return rows[0]?.is ?? false;
}
