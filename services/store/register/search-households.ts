import { sql } from 'kysely';
import type { FoundHousehold } from '#contracts/http/register/household.ts';
import type { Db } from '../database.ts';

/**
 * Homes by anything that people remember of them: number, names, address, digits of a phone, a steward, a word of
 * a note. Every word of the question must be found somewhere in the home.
 */
export async function searchHouseholds(
  db: Db,
  {
    communityId,
    question,
    limit,
    offset,
  }: { communityId: string; question: string; limit: number; offset: number },
): Promise<{ items: FoundHousehold[]; total: number }> {
  const words = question.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8);
  const patterns = words.map((word) => `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`);
  const { rows } = await sql<FoundHousehold & { total: number }>`
    select h.id, h.code, h.salutation, g.name as grid, h.building, h.unit, h.floor, h.room, steward.name as steward,
      residents.names as residents, count(*) over ()::int as total
    from household h join grid g on g.id = h.grid_id
    left join lateral (
      select array_agg(r.name order by r.created_at, r.id) as names,
        string_agg(concat_ws(' ', r.name, r.phone, r.note, r.birth_year, r.doctor), ' ') as text
      from resident r where r.household_id = h.id and r.removed_at is null
    ) residents on true
    left join lateral (
      select s.name from assignment a join person s on s.id = a.person_id
      where a.household_id = h.id and a.role = 'primary' and s.removed_at is null order by a.position, s.id limit 1
    ) steward on true
    left join lateral (
      select string_agg(concat_ws(' ', p.name, p.phone), ' ') as text
      from assignment a join person p on p.id = a.person_id where a.household_id = h.id and p.removed_at is null
    ) people on true
    left join lateral (
      select string_agg(n.note, ' ') as text from home_note n where n.household_id = h.id and n.struck_at is null
    ) notes on true
    cross join lateral (
      select lower(concat_ws(' ', h.code, h.code || '号', h.salutation, g.name, h.building || '栋',
        h.building || '栋' || coalesce(h.unit || '单元', '') || h.room, h.building || '-' || coalesce(h.unit || '-', '') || h.room,
        h.phone, h.note, h.key_note, residents.text, people.text, notes.text)) as text
    ) all_of
    where h.community_id = ${communityId} and h.removed_at is null and not h.is_canary
      and all_of.text like all (${patterns}::text[])
    order by length(h.code), h.code limit ${limit} offset ${offset}`.execute(db);
  return { items: rows.map(({ total: _, ...home }) => home), total: rows[0]?.total ?? 0 };
}
