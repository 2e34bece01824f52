import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { HouseholdDraft, HouseholdPatch } from '#contracts/http/register/household.ts';
import type { HomeKind } from '#pact/care.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { assignmentProblem, recordsOf, saveAssignments } from './assignment.ts';
import { countSaved, lockRegister, saveGrids } from './community.ts';
import { endPact, readNewPact, savePacts } from './pact.ts';
import { given, records } from './records.ts';
import type { Author } from './refusal.ts';
import { refuse, type Saved, saved } from './refusal.ts';
import { insertResidents } from './resident.ts';

/**
 * A new home with its residents, people and pact. A number that a removed home had may be given again: the
 * home comes back under the new particulars, and its pact begins anew.
 */
export async function createHousehold(
  db: Db,
  draft: HouseholdDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ id: string }>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const { communityId, code, assignments = {}, pact: terms = {} } = draft;
    const community = await tx
      .selectFrom('community')
      .select('time_zone as timeZone')
      .where('id', '=', communityId)
      .executeTakeFirst();
    if (!community) return refuse('not_found');
    if (await isTaken(tx, communityId, code)) return refuse('code_taken');
    const problem = await assignmentProblem(tx, communityId, assignments);
    if (problem) return problem;
    const pact = terms && readNewPact(terms, now, community.timeZone);
    if (pact && !pact.ok) return refuse('pact_invalid', pact.problems);

    const gridId = await saveGrids(tx, [{ communityId, grid: draft.grid }]);
    const { idOf } = await saveHouseholds(tx, [{ ...draft, gridId: gridId(communityId, draft.grid) }], now);
    const id = idOf(communityId, code);
    await insertResidents(tx, id, draft.residents ?? [], now);
    await saveAssignments(tx, [], recordsOf(id, assignments));
    const home = { householdId: id, communityId, timeZone: community.timeZone };
    if (terms) await savePacts(tx, [{ ...home, terms, anew: true }], now);
    else await endPact(tx, id, localDateAt(now, community.timeZone).subtract({ days: 1 }), now);
    await announce(tx, { communityId, householdIds: [id] });
    await recordAudit(
      tx,
      { actor: by, action: 'household.create', subjectKind: 'household', subjectId: id },
      now,
    );
    return saved({ id });
  });
}

export async function changeHousehold(
  db: Db,
  id: string,
  patch: HouseholdPatch,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const home = await findLiving(tx, id);
    if (!home) return refuse('not_found');
    const { communityId } = home;
    const { grid, code, keyNote, entryConsent, ...fields } = patch;
    const isNewCode = code !== undefined && code !== home.code;
    if (isNewCode && (await isHeld(tx, communityId, code))) return refuse('code_taken');
    const gridId = grid ? (await saveGrids(tx, [{ communityId, grid }]))(communityId, grid) : undefined;
    await tx
      .updateTable('household')
      .set({
        ...given({ code, key_note: keyNote, entry_consent: entryConsent, ...fields }),
        ...(gridId ? { grid_id: gridId } : {}),
        updated_at: toDate(now),
      })
      .where('id', '=', id)
      .execute();
    await announce(tx, { communityId, householdIds: [id] });
    await recordAudit(
      tx,
      { actor: by, action: 'household.change', subjectKind: 'household', subjectId: id },
      now,
    );
    return saved(undefined);
  });
}

/**
 * Takes a home out of the register. Its past stays in the ledger; a day that still awaits its signal is
 * excused, its sensors wait for another home. Refused while somebody may be on the way to its door.
 */
export async function removeHousehold(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const home = await findLiving(tx, id);
    if (!home) return refuse('not_found');
    if (await isAnybodyPaged(tx, [id])) return refuse('alert_open');
    await takeOut(tx, [id], now);
    await announce(tx, { communityId: home.communityId, householdIds: [id] });
    await recordAudit(
      tx,
      { actor: by, action: 'household.remove', subjectKind: 'household', subjectId: id },
      now,
    );
    return saved(undefined);
  });
}

/** Whether an alert of one of the homes is open: somebody may be on the way to its door. */
export async function isAnybodyPaged(tx: Tx, householdIds: readonly string[]): Promise<boolean> {
  const alert = await tx
    .selectFrom('alert')
    .select('id')
    .where(sql<boolean>`household_id = any (${householdIds}::uuid[])`)
    .where('status', '<>', 'closed')
    .executeTakeFirst();
  return alert !== undefined;
}

/** Takes homes out of the register, with their elders and the pact's day that still awaits its signal. */
export async function takeOut(tx: Tx, householdIds: readonly string[], now: Temporal.Instant): Promise<void> {
  const at = toDate(now);
  const among = sql<boolean>`household_id = any (${householdIds}::uuid[])`;
  await sql`update household set removed_at = ${at}, updated_at = ${at} where id = any (${householdIds}::uuid[])`.execute(
    tx,
  );
  await tx
    .updateTable('resident')
    .set({ removed_at: at })
    .where(among)
    .where('removed_at', 'is', null)
    .execute();
  await tx.deleteFrom('assignment').where(among).execute();
  await tx.updateTable('sensor_state').set({ household_id: null }).where(among).execute();
  await tx.updateTable('sensor').set({ household_id: null }).where(among).execute();
  await tx
    .updateTable('pact_day')
    .set({ verdict: 'excused', reason: 'not_in_force', closed_as: 'excused' })
    .where(among)
    .where('verdict', '=', 'awaiting')
    .where('deadline_at', '>', at)
    .execute();
}

const findLiving = (tx: Tx, id: string) =>
  tx
    .selectFrom('household')
    .select(['id', 'code', 'community_id as communityId'])
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .where('is_canary', '=', false)
    .forUpdate()
    .executeTakeFirst();

const selectCode = (tx: Tx, communityId: string, code: string) =>
  tx.selectFrom('household').select('id').where('community_id', '=', communityId).where('code', '=', code);

const isTaken = async (tx: Tx, communityId: string, code: string): Promise<boolean> =>
  (await selectCode(tx, communityId, code).where('removed_at', 'is', null).executeTakeFirst()) !== undefined;

/** By a removed home too: its number may be given to a new home, but not to one that has a past of its own. */
const isHeld = async (tx: Tx, communityId: string, code: string | undefined): Promise<boolean> =>
  code !== undefined && (await selectCode(tx, communityId, code).executeTakeFirst()) !== undefined;

export type HouseholdRecord = {
  communityId: string;
  gridId: string;
  code: string;
  salutation: string;
  building: string;
  unit?: string | null | undefined;
  floor?: number | null | undefined;
  room: string;
  kind?: HomeKind | undefined;
  phone?: string | null | undefined;
  note?: string | null | undefined;
  keyNote?: string | null | undefined;
  entryConsent?: boolean | undefined;
};

/**
 * Homes by community and number. What a record leaves out stays; a home that was removed comes back.
 * @returns how many were made and changed, which had been removed, and everybody's ids
 */
export async function saveHouseholds(tx: Tx, homes: readonly HouseholdRecord[], now: Temporal.Instant) {
  const columns =
    '"communityId" uuid, "gridId" uuid, code text, salutation text, building text, unit text, floor smallint, room text, kind text, phone text, note text, "keyNote" text, "entryConsent" boolean';
  const removed = await sql<{ id: string }>`
    select h.id from household h join ${records(homes, '"communityId" uuid, code text')}
      on h.community_id = u."communityId" and h.code = u.code where h.removed_at is not null`.execute(tx);
  const { rows: touched } = await sql<{ id: string; created: boolean }>`
    insert into household as h (id, community_id, grid_id, code, salutation, building, unit, floor, room, kind, phone, note,
      key_note, entry_consent, created_at, updated_at)
    select gen_random_uuid(), u."communityId", u."gridId", u.code, u.salutation, u.building, u.unit, u.floor, u.room,
      coalesce(u.kind, case when old.removed_at is null then old.kind end, 'elder_alone'), u.phone, u.note, u."keyNote", coalesce(u."entryConsent", false), ${toDate(now)}, ${toDate(now)}
    from ${records(homes, columns)}
    left join household old on old.community_id = u."communityId" and old.code = u.code order by u."communityId", u.code
    on conflict (community_id, code) do update set grid_id = excluded.grid_id, salutation = excluded.salutation,
      building = excluded.building, unit = coalesce(excluded.unit, h.unit), floor = coalesce(excluded.floor, h.floor),
      room = excluded.room, kind = excluded.kind, phone = coalesce(excluded.phone, h.phone), note = coalesce(excluded.note, h.note),
      key_note = case when h.removed_at is null then coalesce(excluded.key_note, h.key_note) else excluded.key_note end,
      entry_consent = case when h.removed_at is null then h.entry_consent else excluded.entry_consent end,
      updated_at = excluded.updated_at, removed_at = null
    where h.removed_at is not null or (h.grid_id, h.salutation, h.building, h.unit, h.floor, h.room, h.kind, h.phone, h.note)
      is distinct from (excluded.grid_id, excluded.salutation, excluded.building, coalesce(excluded.unit, h.unit),
        coalesce(excluded.floor, h.floor), excluded.room, excluded.kind, coalesce(excluded.phone, h.phone), coalesce(excluded.note, h.note))
    returning h.id, (xmax = 0) as created`.execute(tx);
  const { rows: all } = await sql<{ id: string; communityId: string; code: string }>`
    select h.id, h.community_id as "communityId", h.code from household h
    join ${records(homes, '"communityId" uuid, code text')} on h.community_id = u."communityId" and h.code = u.code`.execute(
    tx,
  );
  const ids = new Map(all.map((home) => [`${home.communityId}\n${home.code}`, home.id]));
  return {
    ...countSaved(touched),
    touched: touched.map(({ id }) => id),
    revived: new Set(removed.rows.map(({ id }) => id)),
    idOf(communityId: string, code: string): string {
      const id = ids.get(`${communityId}\n${code}`);
      if (!id) throw new Error('a home that was just saved is missing');
      return id;
    },
  };
}
