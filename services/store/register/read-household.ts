import { sql } from 'kysely';
import type { HouseholdFile, HouseholdView } from '#contracts/http/register/household.ts';
import { countOf } from '../count-of.ts';
import type { Db } from '../database.ts';
import { listNotes } from './home-note.ts';
import { isHomeOf } from './home-of.ts';
import { findLeavesOf } from './leave.ts';
import { findPact } from './pact.ts';
import { findResidentsOf } from './resident.ts';
import { listSensors } from './sensor.ts';

const selectHouseholds = (db: Db) =>
  db
    .selectFrom('household as h')
    .innerJoin('grid as g', 'g.id', 'h.grid_id')
    .select(['h.id', 'h.community_id as communityId', 'g.name as grid', 'h.code', 'h.salutation'])
    .select(['h.building', 'h.unit', 'h.floor', 'h.room'])
    .where('h.removed_at', 'is', null)
    .where('h.is_canary', '=', false);

export const findHousehold = (db: Db, id: string): Promise<HouseholdView | undefined> =>
  selectHouseholds(db).where('h.id', '=', id).executeTakeFirst();

export async function listHouseholds(
  db: Db,
  page: {
    communityId?: string | undefined;
    stewardId?: string | undefined;
    code?: string | undefined;
    limit: number;
    offset: number;
  },
): Promise<{ items: HouseholdView[]; total: number }> {
  let query = selectHouseholds(db).where(isHomeOf(page.stewardId, sql.ref('h.id')));
  if (page.communityId) query = query.where('h.community_id', '=', page.communityId);
  if (page.code) query = query.where('h.code', '=', page.code);
  const total = await countOf(query);
  const items = await query
    .orderBy('h.community_id')
    .orderBy('h.code')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return { items, total };
}

/** The whole file of a home (一户一表). Whoever shows it to somebody writes that to the audit log. */
export async function readHouseholdFile(db: Db, id: string): Promise<HouseholdFile | undefined> {
  const home = await selectHouseholds(db)
    .select(['h.kind', 'h.phone', 'h.note', 'h.key_note as keyNote', 'h.entry_consent as entryConsent'])
    .where('h.id', '=', id)
    .executeTakeFirst();
  if (!home) return undefined;
  const people = await db
    .selectFrom('assignment as a')
    .innerJoin('person as p', 'p.id', 'a.person_id')
    .select(['p.id', 'p.kind', 'p.name', 'p.phone', 'a.role'])
    .where('a.household_id', '=', id)
    .where('p.removed_at', 'is', null)
    .orderBy(sql`array_position(array['primary', 'backup', 'neighbour', 'family'], a.role)`)
    .orderBy('a.position')
    .orderBy('p.id')
    .execute();
  return {
    ...home,
    people,
    residents: await findResidentsOf(db, id),
    pact: (await findPact(db, { householdId: id })) ?? null,
    sensors: (await listSensors(db, { householdId: id, limit: 100, offset: 0 })).items,
    leaves: await findLeavesOf(db, id),
    notes: await listNotes(db, id),
  };
}
