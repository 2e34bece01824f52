import { type RawBuilder, sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { ImportEntry, UndoneView } from '#contracts/http/register/exchange.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announceAll } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { iso } from '../today/iso.ts';
import { giveRolesBack } from './assignment.ts';
import { lockRegister } from './community.ts';
import { isAnybodyPaged, takeOut } from './household.ts';
import { type Author, refuse, type Saved, saved } from './refusal.ts';

const MOST_LISTED = 10;

/** What an import wrote: its changes bear its transaction, its author and its time; numbers begin anew in a backup. */
const CHANGES = sql`
  select c.* from register_change c join audit_entry e on e.subject_id = c.transaction::text
    and date_trunc('milliseconds', c.at) = e.at and c.actor = e.actor_kind || coalesce(':' || e.actor_id, '')
  where e.action = 'register.import'`;

const isUndone = sql<boolean>`exists (
  select 1 from audit_entry u where u.action = 'register.import_undo' and u.subject_id = e.subject_id and u.id > e.id)`;

/** The last imports that changed homes of a community, the latest first. */
export async function listImports(db: Db, communityId: string): Promise<ImportEntry[]> {
  const { rows } = await sql<Omit<ImportEntry, 'at'> & { at: Date }>`
    select e.subject_id as id, e.at, coalesce(a.name, t.name) as "by", ${isUndone} as undone, x.homes
    from audit_entry e
    left join account a on e.actor_kind = 'account' and a.id::text = e.actor_id
    left join api_token t on e.actor_kind = 'token' and t.id::text = e.actor_id
    cross join lateral (
      select count(distinct c.household_id)::int as homes from register_change c
      join household h on h.id = c.household_id and h.community_id = ${communityId}
      where c.transaction::text = e.subject_id and date_trunc('milliseconds', c.at) = e.at) x
    where e.action = 'register.import' and e.subject_id is not null and x.homes > 0
    order by e.id desc limit ${MOST_LISTED}`.execute(db);
  return rows.map((row) => ({ ...row, at: iso(row.at) }));
}

/** The communities whose homes an import changed, for asking whether somebody may take it back. */
export async function findImportedCommunities(db: Db, importId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct h.community_id as id from (${CHANGES} and e.subject_id = ${importId}) c
    join household h on h.id = c.household_id`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * Takes an import back: homes and people that it made are taken out, what it changed is as before. What somebody has
 * changed since stays as it is by now, and is counted.
 */
export async function undoImport(
  db: Db,
  importId: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<UndoneView>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const { rows } = await sql<{ undone: boolean }>`
      select ${isUndone} as undone from audit_entry e
      where e.action = 'register.import' and e.subject_id = ${importId} order by e.id desc limit 1`.execute(
      tx,
    );
    const [found] = rows;
    if (!found) return refuse('not_found');
    if (found.undone) return refuse('import_undone');
    await sql`create temporary table undone_change on commit drop as (${CHANGES} and e.subject_id = ${importId})`.execute(
      tx,
    );
    const homes = await findHomes(tx);
    const made = homes.filter((home) => home.isNew && home.isThere).map(({ householdId }) => householdId);
    if (await isAnybodyPaged(tx, made)) return refuse('alert_open');
    await takeOut(tx, made, now);
    let left = await takeBackPeopleOfHomes(tx);
    for (const table of ['community', 'household', 'resident', 'person', 'pact', 'sensor']) {
      left += await takeBackFields(tx, sql.table(table), table, now);
    }
    left += await takeBackNew(tx, now);
    await announceAll(tx, homes);
    const entry = { action: 'register.import_undo', subjectKind: 'register', subjectId: importId };
    await recordAudit(tx, { actor: by, ...entry }, now);
    return saved({ removed: made.length, homes: homes.length, left });
  });
}

type Home = { householdId: string; communityId: string; isNew: boolean; isThere: boolean };

async function findHomes(tx: Tx): Promise<Home[]> {
  const { rows } = await sql<Home>`
    select h.id as "householdId", h.community_id as "communityId", h.removed_at is null as "isThere",
      bool_or(c.subject = 'household' and (c.kind = 'insert' or c.before ->> 'removed_at' is not null)) as "isNew"
    from undone_change c join household h on h.id = c.household_id group by h.id`.execute(tx);
  return rows;
}

/** Roles that the import gave end, those that it took are given back where nobody has taken the place since. */
async function takeBackPeopleOfHomes(tx: Tx): Promise<number> {
  await sql`
    delete from assignment a using undone_change c where c.subject = 'assignment' and c.kind = 'insert'
      and a.household_id = c.household_id and a.person_id = c.subject_id::uuid and a.role = c.after ->> 'role'`.execute(
    tx,
  );
  const { left } = await giveRolesBack(
    tx,
    sql`
      select c.household_id, c.subject_id::uuid as person_id, c.before ->> 'role' as role,
        (c.before ->> 'position')::smallint as position
      from undone_change c where c.subject = 'assignment' and c.kind = 'delete'`,
  );
  return left;
}

/**
 * Fields that the import changed, of one table: as before where they still say what the import wrote.
 * @returns how many say something else by now
 */
async function takeBackFields(
  tx: Tx,
  table: RawBuilder<unknown>,
  name: string,
  now: Temporal.Instant,
): Promise<number> {
  const { rows: named } = await sql<{ column: string }>`
    select column_name as "column" from information_schema.columns
    where table_schema = current_schema() and table_name = ${name} and column_name <> 'id'`.execute(tx);
  const columns = sql.join(named.map(({ column }) => sql.ref(column)));
  const { rows } = await sql<{ left: number; id: string }>`
    update ${table} t set (${columns}) = (select ${columns} from jsonb_populate_record(t, p.patch)) from (
      select c.subject_id, count(*) filter (where now.value is distinct from c.after -> f.key
          and now.value is distinct from f.value)::int as "left",
        jsonb_object_agg(f.key, f.value) filter (where now.value is not distinct from c.after -> f.key)
          || jsonb_build_object('updated_at', ${toDate(now)}::timestamptz) as patch
      from undone_change c join ${table} x on x.id::text = c.subject_id
      cross join lateral jsonb_each(c.before) f
      cross join lateral (select to_jsonb(x) -> f.key as value) now
      where c.subject = ${name} and c.kind = 'update' and f.key <> 'removed_at' group by c.subject_id) p
    where t.id::text = p.subject_id and (p.patch is not null or p."left" > 0)
    returning p."left", t.id::text as id`.execute(tx);
  return rows.reduce((sum, row) => sum + row.left, 0);
}

/** People, elders and sensors that the import brought go where nothing else has come to need them. */
async function takeBackNew(tx: Tx, now: Temporal.Instant): Promise<number> {
  const at = toDate(now);
  const isNew = (subject: string) => sql`
    select c.subject_id from undone_change c where c.subject = ${subject}
      and (c.kind = 'insert' or c.before ->> 'removed_at' is not null)`;
  await sql`
    update resident set removed_at = ${at} where removed_at is null
      and id::text in (${isNew('resident')})`.execute(tx);
  await sql`
    update person p set removed_at = ${at}, updated_at = ${at}, code = null, robot_id = null where removed_at is null
      and id::text in (${isNew('person')})
      and not exists (select 1 from assignment a where a.person_id = p.id)`.execute(tx);
  await sql`
    update sensor s set household_id = null from undone_change c
    where c.subject = 'sensor' and c.kind = 'insert' and c.subject_id = s.id and s.household_id = c.household_id`.execute(
    tx,
  );
  await sql`
    update sensor_state t set household_id = s.household_id from sensor s
    where s.id = t.sensor_id and t.household_id is distinct from s.household_id
      and s.id in (select subject_id from undone_change where subject = 'sensor')`.execute(tx);
  await sql`
    delete from pact p where id::text in (${isNew('pact')})
      and not exists (select 1 from pact_day d where d.pact_id = p.id)`.execute(tx);
  const { rows } = await sql<{ left: number }>`
    select (select count(*) from person where removed_at is null and id::text in (${isNew('person')}))::int
      + (select count(*) from pact p join household h on h.id = p.household_id and h.removed_at is null
        where p.id::text in (${isNew('pact')}))::int as "left"`.execute(tx);
  return rows[0]?.left ?? 0;
}
