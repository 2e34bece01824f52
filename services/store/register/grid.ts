import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { GridDraft, GridView } from '#contracts/http/register/grid.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { lockRegister } from './community.ts';
import { type Author, refuse, type Saved, saved } from './refusal.ts';

/** The canary stands in some grid and is nobody's home. */
const countHomes = (isRemoved: boolean) =>
  sql<number>`(select count(*)::int from household h where h.grid_id = g.id and not h.is_canary
    and (h.removed_at is not null) = ${isRemoved})`;

const selectGrids = (db: Db | Tx) =>
  db
    .selectFrom('grid as g')
    .select(['g.id', 'g.community_id as communityId', 'g.name'])
    .select([countHomes(false).as('homes'), countHomes(true).as('removedHomes')])
    .orderBy('g.name');

export const findGrid = (db: Db | Tx, id: string): Promise<GridView | undefined> =>
  selectGrids(db).where('g.id', '=', id).executeTakeFirst();

export const listGrids = (db: Db, communityId: string): Promise<GridView[]> =>
  selectGrids(db).where('g.community_id', '=', communityId).execute();

export async function createGrid(
  db: Db,
  { communityId, name }: GridDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ id: string }>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    if (await isNameTaken(tx, communityId, name)) return refuse('name_taken');
    const id = randomUUID();
    await tx.insertInto('grid').values({ id, community_id: communityId, name }).execute();
    await audit(tx, by, 'grid.create', id, now);
    return saved({ id });
  });
}

export async function renameGrid(
  db: Db,
  id: string,
  name: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const grid = await findGrid(tx, id);
    if (!grid) return refuse('not_found');
    if (await isNameTaken(tx, grid.communityId, name, id)) return refuse('name_taken');
    await tx.updateTable('grid').set({ name }).where('id', '=', id).execute();
    const homes = await tx.selectFrom('household').select('id').where('grid_id', '=', id).execute();
    await announce(tx, { communityId: grid.communityId, householdIds: homes.map((home) => home.id) });
    await audit(tx, by, 'grid.change', id, now);
    return saved(undefined);
  });
}

/** Only an empty one: a home that was taken out comes back to the grid that it was in. */
export async function removeGrid(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const grid = await findGrid(tx, id);
    if (!grid) return refuse('not_found');
    if (grid.homes + grid.removedHomes > 0) return refuse('grid_in_use');
    const other = await tx
      .selectFrom('grid')
      .select('id')
      .where('community_id', '=', grid.communityId)
      .where('id', '<>', id)
      .orderBy('name')
      .executeTakeFirst();
    const canary = await tx.selectFrom('household').select('id').where('grid_id', '=', id).executeTakeFirst();
    // The morning's proof needs a grid to stand in.
    if (canary && !other) return refuse('grid_in_use');
    if (other) {
      await tx.updateTable('household').set({ grid_id: other.id }).where('grid_id', '=', id).execute();
    }
    // Before it is gone, while its community is known.
    await audit(tx, by, 'grid.remove', id, now);
    await tx.deleteFrom('grid').where('id', '=', id).execute();
    return saved(undefined);
  });
}

async function isNameTaken(tx: Tx, communityId: string, name: string, except?: string): Promise<boolean> {
  const other = await tx
    .selectFrom('grid')
    .select('id')
    .where('community_id', '=', communityId)
    .where('name', '=', name)
    .executeTakeFirst();
  return other !== undefined && other.id !== except;
}

const audit = (tx: Tx, by: Author, action: string, id: string, now: Temporal.Instant) =>
  recordAudit(tx, { actor: by, action, subjectKind: 'grid', subjectId: id }, now);
