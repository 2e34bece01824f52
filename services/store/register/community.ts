import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { CommunityDraft, CommunityPatch } from '#contracts/http/register/community.ts';
import { DEFAULT_LADDER, DEFAULT_LADDER_NAME } from '#pact/ladder.ts';
import { isTimeZone } from '#pact/time-zone.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { given, records } from './records.ts';
import type { Author } from './refusal.ts';
import { refuse, type Saved, saved } from './refusal.ts';

const REGISTER_LOCK = 7_305_201;

/** Changes that look first and write then take turns: two of them never judge by the same look. */
export async function lockRegister(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${REGISTER_LOCK})`.execute(tx);
}

/** A new community with its default ladder. */
export async function createCommunity(
  db: Db,
  draft: CommunityDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ id: string }>> {
  if (!isTimeZone(draft.timeZone)) return refuse('unknown_zone');
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const taken = await tx
      .selectFrom('community')
      .select('id')
      .where('name', '=', draft.name)
      .executeTakeFirst();
    if (taken) return refuse('name_taken');
    await saveCommunities(tx, [draft]);
    const { id } = await tx
      .selectFrom('community')
      .select('id')
      .where('name', '=', draft.name)
      .executeTakeFirstOrThrow();
    const settings = settingsOf(draft);
    if (Object.keys(settings).length > 0) {
      await tx.updateTable('community').set(settings).where('id', '=', id).execute();
    }
    await recordAudit(
      tx,
      { actor: by, action: 'community.create', subjectKind: 'community', subjectId: id },
      now,
    );
    return saved({ id });
  });
}

export async function changeCommunity(
  db: Db,
  id: string,
  patch: CommunityPatch,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ id: string }>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    if (patch.name) {
      const other = await tx
        .selectFrom('community')
        .select('id')
        .where('name', '=', patch.name)
        .where('id', '<>', id)
        .executeTakeFirst();
      if (other) return refuse('name_taken');
    }
    const place = await placeAfter(tx, id, patch);
    if (!place) return refuse('place_incomplete');
    const changed = await tx
      .updateTable('community')
      .set({ ...given({ name: patch.name }), ...settingsOf(patch), ...place })
      .where('id', '=', id)
      .executeTakeFirst();
    if (changed.numUpdatedRows === 0n) return refuse('not_found');
    await announce(tx, { communityId: id, householdIds: [] });
    await recordAudit(
      tx,
      { actor: by, action: 'community.change', subjectKind: 'community', subjectId: id },
      now,
    );
    return saved({ id });
  });
}

/** The street that the community lies in after the patch, made where it is missing; a street is one of a district. */
async function placeAfter(
  tx: Tx,
  id: string,
  patch: CommunityPatch,
): Promise<{ street_id?: string | null } | undefined> {
  if (patch.district === undefined && patch.street === undefined) return {};
  const before = await tx
    .selectFrom('community as c')
    .leftJoin('street as s', 's.id', 'c.street_id')
    .leftJoin('district as d', 'd.id', 's.district_id')
    .select(['s.name as street', 'd.name as district'])
    .where('c.id', '=', id)
    .executeTakeFirst();
  const { district = null, street = null } = { ...before, ...given(patch) };
  if (district === null && street === null) return { street_id: null };
  if (district === null || street === null) return undefined;
  await saveAreas(tx, [{ district, street }]);
  const saved = await tx
    .selectFrom('street as s')
    .innerJoin('district as d', 'd.id', 's.district_id')
    .select('s.id')
    .where('d.name', '=', district)
    .where('s.name', '=', street)
    .executeTakeFirstOrThrow();
  return { street_id: saved.id };
}

const settingsOf = (patch: CommunityPatch | CommunityDraft) =>
  given({
    language: patch.language,
    emergency_number: patch.emergencyNumber,
    evening_at: patch.eveningAt,
    sensor_check_at: patch.sensorCheckAt,
    office_phone: patch.officePhone,
    quiet_from: patch.quietFrom,
    quiet_until: patch.quietUntil,
    storm_percent: patch.stormPercent,
  });

export type CommunityRecord = { name: string; timeZone: string; district?: string; street?: string };

/**
 * Districts, streets and communities by name, each made where it is missing, with the default ladder. The
 * zone of a community that is there already stays.
 * @returns how many communities were made and changed
 */
export async function saveCommunities(tx: Tx, drafts: readonly CommunityRecord[]) {
  await saveAreas(tx, drafts);
  const { rows } = await sql<{ created: boolean }>`
    insert into community as c (id, street_id, name, time_zone)
    select gen_random_uuid(), s.id, u.name, u."timeZone"
    from ${records(drafts, 'name text, "timeZone" text, district text, street text')}
      left join district d on d.name = u.district left join street s on s.district_id = d.id and s.name = u.street
    order by u.name
    on conflict (name) do update set street_id = excluded.street_id
      where excluded.street_id is not null and c.street_id is distinct from excluded.street_id
    returning (xmax = 0) as created`.execute(tx);
  const communities = await findByName(tx, drafts);
  await tx
    .insertInto('ladder')
    .values(
      communities.map(({ id }) => ({
        id: randomUUID(),
        community_id: id,
        name: DEFAULT_LADDER_NAME,
        steps: JSON.stringify(DEFAULT_LADDER.steps),
        repeat_minutes: DEFAULT_LADDER.repeatMinutes,
        acknowledgement_minutes: DEFAULT_LADDER.acknowledgementMinutes,
      })),
    )
    .onConflict((conflict) => conflict.columns(['community_id', 'name']).doNothing())
    .execute();
  return { communities, ...countSaved(rows) };
}

async function saveAreas(tx: Tx, drafts: readonly { district?: string; street?: string }[]): Promise<void> {
  const areas = drafts.filter((draft) => draft.district);
  await sql`
    insert into district (id, name) select gen_random_uuid(), name from (
      select distinct u.district as name from ${records(areas, 'district text')} order by 1) d
    on conflict (name) do nothing`.execute(tx);
  await sql`
    insert into street (id, district_id, name) select gen_random_uuid(), district_id, name from (
      select distinct d.id as district_id, u.street as name
      from ${records(areas, 'district text, street text')} join district d on d.name = u.district
      where u.street is not null order by 1, 2) s
    on conflict (district_id, name) do nothing`.execute(tx);
}

const findByName = (tx: Tx, drafts: readonly { name: string }[]) =>
  tx
    .selectFrom('community')
    .select(['id', 'name', 'time_zone as timeZone'])
    .where(
      'name',
      'in',
      drafts.map(({ name }) => name),
    )
    .orderBy('name')
    .execute();

/** Grids by name, each made where it is missing; the answer finds a grid's id. */
export async function saveGrids(tx: Tx, grids: readonly { communityId: string; grid: string }[]) {
  await sql`
    insert into grid (id, community_id, name) select gen_random_uuid(), community_id, name from (
      select distinct u."communityId" as community_id, u.grid as name
      from ${records(grids, '"communityId" uuid, grid text')} order by 1, 2) g
    on conflict (community_id, name) do nothing`.execute(tx);
  const rows = await tx
    .selectFrom('grid')
    .selectAll()
    .where('community_id', 'in', [...new Set(grids.map(({ communityId }) => communityId))])
    .execute();
  const ids = new Map(rows.map((row) => [`${row.community_id}\n${row.name}`, row.id]));
  return (communityId: string, grid: string): string => {
    const id = ids.get(`${communityId}\n${grid}`);
    if (!id) throw new Error('a grid that was just saved is missing');
    return id;
  };
}

/** How many of the rows that an upsert touched are new. */
export function countSaved(rows: readonly { created: boolean }[]) {
  const created = rows.filter((row) => row.created).length;
  return { created, changed: rows.length - created };
}
