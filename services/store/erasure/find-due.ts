import { sql } from 'kysely';
import type { Db } from '../database.ts';

export type DueErasures = { homes: string[]; residents: string[]; people: string[] };

/** Who was taken out of the register before that moment and is to be erased, the longest gone first, some of each. */
export async function findDueErasures(db: Db, before: Date, limit: number): Promise<DueErasures> {
  const homes = await sql<{ id: string }>`
    select h.id from household h
    where h.removed_at <= ${before} and h.erased_at is null and not h.is_canary
      and not exists (select from alert a where a.household_id = h.id and a.status <> 'closed')
    order by h.removed_at, h.id limit ${limit}`.execute(db);
  const residents = await sql<{ id: string }>`
    select r.id from resident r join household h on h.id = r.household_id and h.removed_at is null
    where r.removed_at <= ${before} order by r.removed_at, r.id limit ${limit}`.execute(db);
  const people = await sql<{ id: string }>`
    select p.id from person p where p.removed_at <= ${before} and p.erased_at is null
    order by p.removed_at, p.id limit ${limit}`.execute(db);
  const idsOf = ({ rows }: { rows: { id: string }[] }) => rows.map(({ id }) => id);
  return { homes: idsOf(homes), residents: idsOf(residents), people: idsOf(people) };
}

export type OverdueHome = { householdId: string; code: string; salutation: string; endedOn: string };

/**
 * Homes that have taken their consent back and whose pact has been over since before that date, and that are in the
 * register still, looked after by nobody meanwhile: somebody is to take them out.
 */
export async function listOverdueHomes(db: Db, communityId: string, before: string): Promise<OverdueHome[]> {
  const { rows } = await sql<OverdueHome>`
    select h.id as "householdId", h.code, h.salutation, p.until_on as "endedOn"
    from household h join pact p on p.household_id = h.id
    where h.community_id = ${communityId} and h.removed_at is null and not h.is_canary and p.until_on < ${before}
      and exists (select from consent c where c.household_id = h.id and c.purpose = 'pact' and c.withdrawn_on is not null)
      and not exists (select from consent c where c.household_id = h.id and c.withdrawn_on is null)
      and not exists (select from visit v where v.household_id = h.id and v.visited_at >= ${before}::date)
    order by p.until_on, h.code limit 200`.execute(db);
  return rows;
}
