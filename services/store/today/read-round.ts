import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** A home as somebody needs it who goes round on foot. */
export type RoundHome = {
  code: string;
  salutation: string;
  building: string;
  unit: string | null;
  floor: number | null;
  room: string;
  phone: string | null;
  steward: string | null;
  stewardPhone: string | null;
};

/** Every home with a pact on that date, by steward; one that is away is left out. */
export async function readRound(db: Db, communityId: string, date: string): Promise<RoundHome[]> {
  const { rows } = await sql<RoundHome>`
    select h.code, h.salutation, h.building, h.unit, h.floor, h.room, h.phone,
      s.name as steward, s.phone as "stewardPhone"
    from household h left join lateral (
      select p.name, p.phone from assignment a join person p on p.id = a.person_id
      where a.household_id = h.id and a.role = 'primary' and p.removed_at is null order by p.name limit 1
    ) s on true
    where h.community_id = ${communityId} and h.removed_at is null and not h.is_canary
      and exists (select from pact p where p.household_id = h.id and p.from_on <= ${date}
        and (p.until_on is null or p.until_on >= ${date}))
      and not exists (select from leave l where l.household_id = h.id and l.from_on <= ${date} and l.until_on >= ${date}
        and l.cancelled_at is null)
    order by s.name nulls last, h.code`.execute(db);
  return rows;
}
