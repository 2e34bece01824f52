import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { ResidentDraft, ResidentPatch, ResidentView } from '#contracts/http/register/resident.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce } from '../change-feed.ts';
import { countOf } from '../count-of.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { given, records } from './records.ts';
import type { Author } from './refusal.ts';
import { refuse, type Saved, saved } from './refusal.ts';

type ResidentRecord = { householdId: string; name: string } & {
  [K in keyof ResidentDraft]?: ResidentDraft[K] | undefined;
};

const COLUMNS =
  '"householdId" uuid, name text, "birthYear" smallint, phone text, "livesAlone" boolean, "hearingWeak" boolean, note text';

/**
 * Residents by home and name: those named anew are added, the others take what is said of them. Whoever is
 * not named stays.
 */
export async function saveResidents(tx: Tx, residents: readonly ResidentRecord[], now: Temporal.Instant) {
  const { rows: changed } = await sql`
    update resident r set birth_year = coalesce(u."birthYear", r.birth_year), phone = coalesce(u.phone, r.phone),
      lives_alone = coalesce(u."livesAlone", r.lives_alone), hearing_weak = coalesce(u."hearingWeak", r.hearing_weak),
      note = coalesce(u.note, r.note), updated_at = ${toDate(now)}
    from ${records(residents, COLUMNS)}
    where r.household_id = u."householdId" and r.name = u.name and r.removed_at is null
      and (r.birth_year, r.phone, r.lives_alone, r.hearing_weak, r.note) is distinct from
        (coalesce(u."birthYear", r.birth_year), coalesce(u.phone, r.phone), coalesce(u."livesAlone", r.lives_alone),
         coalesce(u."hearingWeak", r.hearing_weak), coalesce(u.note, r.note))
    returning r.id`.execute(tx);
  const { rows: created } = await sql`
    insert into resident (id, household_id, name, birth_year, phone, lives_alone, hearing_weak, note, created_at, updated_at)
    select gen_random_uuid(), u."householdId", u.name, u."birthYear", u.phone, coalesce(u."livesAlone", true),
      coalesce(u."hearingWeak", false), u.note, ${toDate(now)}, ${toDate(now)}
    from ${records(residents, COLUMNS)}
    where not exists (select 1 from resident r
      where r.household_id = u."householdId" and r.name = u.name and r.removed_at is null)
    returning id`.execute(tx);
  return { created: created.length, changed: changed.length };
}

const selectResidents = (db: Db | Tx) =>
  db
    .selectFrom('resident as r')
    .innerJoin('household as h', 'h.id', 'r.household_id')
    .select([
      'r.id',
      'r.household_id as householdId',
      'h.community_id as communityId',
      'r.name',
      'r.phone',
      'r.note',
    ])
    .select(['r.mobility', 'r.doctor'])
    .select(['r.birth_year as birthYear', 'r.lives_alone as livesAlone', 'r.hearing_weak as hearingWeak'])
    .where('r.removed_at', 'is', null);

export const findResident = (db: Db, id: string): Promise<ResidentView | undefined> =>
  selectResidents(db).where('r.id', '=', id).executeTakeFirst();

export const findResidentsOf = (db: Db, householdId: string): Promise<ResidentView[]> =>
  selectResidents(db)
    .where('r.household_id', '=', householdId)
    .orderBy('r.created_at')
    .orderBy('r.id')
    .execute();

export async function listResidents(
  db: Db,
  page: { communityId?: string | undefined; householdId?: string | undefined; limit: number; offset: number },
): Promise<{ items: ResidentView[]; total: number }> {
  let query = selectResidents(db);
  if (page.communityId) query = query.where('h.community_id', '=', page.communityId);
  if (page.householdId) query = query.where('r.household_id', '=', page.householdId);
  const total = await countOf(query);
  const items = await query
    .orderBy('h.code')
    .orderBy('r.created_at')
    .orderBy('r.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return { items, total };
}

export async function createResident(
  db: Db,
  home: { id: string; communityId: string },
  draft: ResidentDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ id: string }>> {
  return db.transaction().execute(async (tx) => {
    const [id] = await insertResidents(tx, home.id, [draft], now);
    if (!id) throw new Error('a resident that was just inserted has no id');
    await noteChange(tx, home.communityId, home.id, { action: 'resident.create', subjectId: id }, by, now);
    return saved({ id });
  });
}

/** @returns the ids in the order of the drafts */
export async function insertResidents(
  tx: Tx,
  householdId: string,
  drafts: readonly ResidentDraft[],
  now: Temporal.Instant,
): Promise<string[]> {
  const ids: string[] = [];
  for (const draft of drafts) {
    const row = await tx
      .insertInto('resident')
      .values({
        id: sql<string>`gen_random_uuid()`,
        household_id: householdId,
        name: draft.name,
        ...columnsOf(draft),
        created_at: toDate(now),
        updated_at: toDate(now),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    ids.push(row.id);
  }
  return ids;
}

export async function changeResident(
  db: Db,
  id: string,
  patch: ResidentPatch,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<ResidentView>> {
  return db.transaction().execute(async (tx) => {
    await tx
      .updateTable('resident')
      .set({ ...(patch.name ? { name: patch.name } : {}), ...columnsOf(patch), updated_at: toDate(now) })
      .where('id', '=', id)
      .where('removed_at', 'is', null)
      .execute();
    const resident = await selectResidents(tx).where('r.id', '=', id).executeTakeFirst();
    if (!resident) return refuse('not_found');
    await noteChange(
      tx,
      resident.communityId,
      resident.householdId,
      { action: 'resident.change', subjectId: id },
      by,
      now,
    );
    return saved(resident);
  });
}

/** The person's file stays for the ledger of the past, and is shown nowhere else. */
export async function removeResident(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    const resident = await selectResidents(tx).where('r.id', '=', id).executeTakeFirst();
    if (!resident) return refuse('not_found');
    await tx
      .updateTable('resident')
      .set({ removed_at: toDate(now) })
      .where('id', '=', id)
      .execute();
    await noteChange(
      tx,
      resident.communityId,
      resident.householdId,
      { action: 'resident.remove', subjectId: id },
      by,
      now,
    );
    return saved(undefined);
  });
}

async function noteChange(
  tx: Tx,
  communityId: string,
  householdId: string,
  entry: { action: string; subjectId: string },
  by: Author,
  now: Temporal.Instant,
): Promise<void> {
  await announce(tx, { communityId, householdIds: [householdId] });
  await recordAudit(tx, { actor: by, subjectKind: 'resident', ...entry }, now);
}

const columnsOf = ({
  birthYear,
  phone,
  livesAlone,
  hearingWeak,
  mobility,
  doctor,
  note,
}: Partial<ResidentDraft>) =>
  given({
    birth_year: birthYear,
    phone,
    lives_alone: livesAlone,
    hearing_weak: hearingWeak,
    mobility,
    doctor,
    note,
  });
