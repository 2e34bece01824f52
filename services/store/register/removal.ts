import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { RemovedView, RestoredView } from '#contracts/http/register/removed.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate, toInstant } from '../instant.ts';
import { iso } from '../today/iso.ts';
import { giveRolesBack } from './assignment.ts';
import { lockRegister } from './community.ts';
import { type Author, refuse, type Saved, saved } from './refusal.ts';

const MOST_LISTED = 200;

/** Who took it out, by the register's history. */
const removedBy = (subject: string, id: string) => sql`(
  select coalesce(a.name, t.name) from register_change c
  left join account a on 'account:' || a.id = c.actor left join api_token t on 'token:' || t.id = c.actor
  where c.subject = ${subject} and c.subject_id = ${sql.raw(id)}::text and c.after ->> 'removed_at' is not null
  order by c.id desc limit 1) as "removedBy"`;

type Row<T> = Omit<T, 'removedAt' | 'eraseFrom'> & { removedAt: Date };
const viewsAfter =
  (days: number) =>
  <T>({ rows }: { rows: Row<T>[] }): T[] =>
    rows.map((row) => {
      const eraseFrom = toInstant(row.removedAt).add({ hours: 24 * days });
      return { ...row, removedAt: iso(row.removedAt), eraseFrom: eraseFrom.toString() } as T;
    });

/** What was taken out of a community's register, the latest first. */
export async function listRemoved(
  db: Db,
  communityId: string,
  keptDays: number,
): Promise<Omit<RemovedView, 'mayErase'>> {
  const homes = await sql<Row<RemovedView['homes'][number]>>`
    select h.id, h.removed_at as "removedAt", ${removedBy('household', 'h.id')}, h.code, h.salutation, h.building,
      h.unit, h.floor, h.room
    from household h where h.community_id = ${communityId} and h.removed_at is not null and h.erased_at is null and not h.is_canary
    order by h.removed_at desc, h.code limit ${MOST_LISTED}`.execute(db);
  const residents = await sql<Row<RemovedView['residents'][number]>>`
    select r.id, r.removed_at as "removedAt", ${removedBy('resident', 'r.id')}, r.name, h.id as "householdId", h.code
    from resident r join household h on h.id = r.household_id
    where h.community_id = ${communityId} and h.removed_at is null and r.removed_at is not null
    order by r.removed_at desc, r.name limit ${MOST_LISTED}`.execute(db);
  const people = await sql<Row<RemovedView['people'][number]>>`
    select p.id, p.removed_at as "removedAt", ${removedBy('person', 'p.id')}, p.name, p.kind, p.phone
    from person p where p.community_id = ${communityId} and p.removed_at is not null and p.erased_at is null
    order by p.removed_at desc, p.name limit ${MOST_LISTED}`.execute(db);
  const viewOf = viewsAfter(keptDays);
  return { homes: viewOf(homes), residents: viewOf(residents), people: viewOf(people) };
}

/** The community of something that was taken out, for asking whether somebody may bring it back. */
export async function findRemoved(
  db: Db,
  kind: 'household' | 'resident' | 'person',
  id: string,
): Promise<{ communityId: string } | undefined> {
  if (kind === 'resident') {
    return db
      .selectFrom('resident as r')
      .innerJoin('household as h', 'h.id', 'r.household_id')
      .select('h.community_id as communityId')
      .where('r.id', '=', id)
      .where('r.removed_at', 'is not', null)
      .where('h.removed_at', 'is', null)
      .executeTakeFirst();
  }
  return db
    .selectFrom(kind)
    .select('community_id as communityId')
    .where('id', '=', id)
    .where('removed_at', 'is not', null)
    .where('erased_at', 'is', null)
    .executeTakeFirst();
}

/**
 * Brings a home back as it was: its elders, its people in their order as far as they are in the register, its sensors
 * as far as nobody has touched them since, and its pact as it stands by now. A sensor that comes back is mounted as it
 * was. What opened meanwhile was nobody's proof and stays none (invariant 6).
 */
export async function restoreHousehold(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<RestoredView>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const home = await tx
      .selectFrom('household')
      .select(['community_id as communityId', 'removed_at as removedAt'])
      .where('id', '=', id)
      .where('removed_at', 'is not', null)
      .where('erased_at', 'is', null)
      .where('is_canary', '=', false)
      .forUpdate()
      .executeTakeFirst();
    if (!home) return refuse('not_removed');
    const at = toDate(now);
    await tx
      .updateTable('household')
      .set({ removed_at: null, updated_at: at })
      .where('id', '=', id)
      .execute();
    await tx
      .updateTable('resident')
      .set({ removed_at: null })
      .where('household_id', '=', id)
      .where('removed_at', '=', home.removedAt)
      .execute();
    const removal = await findRemoval(tx, 'household', id);
    const people = await restoreAssignments(tx, removal, 'household');
    const sensors = await restoreSensors(tx, removal, id);
    // Its days are opened anew; a deadline that has passed meanwhile says nothing of this morning.
    await tx.updateTable('pact').set({ updated_at: at }).where('household_id', '=', id).execute();
    await announce(tx, { communityId: home.communityId, householdIds: [id] });
    await recordAudit(
      tx,
      { actor: by, action: 'household.restore', subjectKind: 'household', subjectId: id },
      now,
    );
    return saved({
      restored: people.restored.length + sensors.restored,
      left: people.left + sensors.left,
    });
  });
}

/** Brings somebody back to the homes that they looked after; who is the first steward there by now stays it. */
export async function restorePerson(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<RestoredView>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const person = await tx
      .selectFrom('person')
      .select(['community_id as communityId', 'channels'])
      .where('id', '=', id)
      .where('removed_at', 'is not', null)
      .where('erased_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!person) return refuse('not_removed');
    const removal = await findRemoval(tx, 'person', id);
    const { code, robot_id: robotId } = (removal?.before ?? {}) as Record<string, string | null | undefined>;
    const free = await sql<{ code: string | null; robotId: string | null }>`
      select (select ${code ?? null}::text where not exists (
          select 1 from person where community_id = ${person.communityId} and code = ${code ?? null}::text)) as code,
        (select r.id from robot r where r.id = ${robotId ?? null}::uuid and r.removed_at is null) as "robotId"`.execute(
      tx,
    );
    const kept = free.rows[0];
    const channels = person.channels.filter((channel) => channel !== 'robot' || kept?.robotId);
    await tx
      .updateTable('person')
      .set({
        removed_at: null,
        updated_at: toDate(now),
        code: kept?.code ?? null,
        robot_id: kept?.robotId ?? null,
        channels: channels.length > 0 ? channels : ['sms'],
      })
      .where('id', '=', id)
      .execute();
    const homes = await restoreAssignments(tx, removal, 'person');
    await announce(tx, { communityId: person.communityId, householdIds: homes.restored });
    await recordAudit(tx, { actor: by, action: 'person.restore', subjectKind: 'person', subjectId: id }, now);
    return saved({ restored: homes.restored.length, left: homes.left });
  });
}

export async function restoreResident(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<RestoredView>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const { rows } = await sql<{ householdId: string; communityId: string }>`
      update resident r set removed_at = null, updated_at = ${toDate(now)} from household h
      where r.id = ${id} and h.id = r.household_id and h.removed_at is null and r.removed_at is not null
      returning h.id as "householdId", h.community_id as "communityId"`.execute(tx);
    const [home] = rows;
    if (!home) return refuse('not_removed');
    await announce(tx, { communityId: home.communityId, householdIds: [home.householdId] });
    await recordAudit(
      tx,
      { actor: by, action: 'resident.restore', subjectKind: 'resident', subjectId: id },
      now,
    );
    return saved({ restored: 0, left: 0 });
  });
}

type Removal = { id: string; subjectId: string; before: object };

/** The change by which it was taken out. */
async function findRemoval(
  tx: Tx,
  subject: 'household' | 'person',
  id: string,
): Promise<Removal | undefined> {
  const { rows } = await sql<Removal>`
    select id::text, subject_id as "subjectId", before from register_change
    where subject = ${subject} and subject_id = ${id} and kind = 'update' and after ->> 'removed_at' is not null
    order by id desc limit 1`.execute(tx);
  return rows[0];
}

/** What the same transaction changed along with the removal; numbers of transactions begin anew in a restored backup. */
const along = (removal: Removal) => sql`exists (
  select 1 from register_change r where r.id = ${removal.id}::bigint
    and r.actor = c.actor and r.at = c.at and r.transaction is not distinct from c.transaction)`;

async function restoreAssignments(tx: Tx, removal: Removal | undefined, of: 'household' | 'person') {
  if (!removal) return { restored: [], left: 0 };
  const whose =
    of === 'household'
      ? sql`c.household_id = ${removal.subjectId}::uuid`
      : sql`c.subject_id = ${removal.subjectId}`;
  const lost = sql`
    select c.household_id, c.subject_id::uuid as person_id, c.before ->> 'role' as role,
      coalesce((c.before ->> 'position')::smallint,
        row_number() over (partition by c.household_id, c.before ->> 'role' order by c.id)::smallint) as position
    from register_change c where c.subject = 'assignment' and c.kind = 'delete' and ${whose} and ${along(removal)}`;
  return giveRolesBack(tx, lost);
}

/** A sensor that was changed or paired since belongs to whoever did so. */
async function restoreSensors(tx: Tx, removal: Removal | undefined, householdId: string) {
  if (!removal) return { restored: 0, left: 0 };
  const lost = sql`
    select c.id, c.subject_id from register_change c
    where c.subject = 'sensor' and c.household_id = ${householdId}::uuid and c.before ? 'household_id' and ${along(removal)}`;
  const { rows } = await sql<{ id: string }>`
    update sensor s set household_id = ${householdId}::uuid from (${lost}) l
    where s.id = l.subject_id and s.household_id is null and s.retired_at is null and not exists (
      select 1 from register_change later where later.subject = 'sensor' and later.subject_id = s.id and later.id > l.id)
    returning s.id`.execute(tx);
  const ids = rows.map(({ id }) => id);
  await sql`update sensor_state set household_id = ${householdId}::uuid where sensor_id = any (${ids}::text[])`.execute(
    tx,
  );
  const { rows: all } = await sql<{ count: number }>`select count(*)::int as count from (${lost}) l`.execute(
    tx,
  );
  return { restored: ids.length, left: (all[0]?.count ?? 0) - ids.length };
}
