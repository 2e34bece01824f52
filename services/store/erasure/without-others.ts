import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import type { Words } from './words.ts';

/**
 * The names and numbers that nobody else bears who is in the register: a neighbour may be a steward by the same number,
 * whose pages are to go out, and another elder may have the same name.
 */
export async function withoutOthers(
  tx: Tx,
  communityId: string,
  words: Words,
  erased: { homeId?: string; people: readonly string[] },
): Promise<Words> {
  const { rows } = await sql<{ name: string | null; phone: string | null }>`
    select name, phone from person where removed_at is null and not (id = any (${erased.people}::uuid[]))
      and (phone = any (${words.phones}::text[]) or community_id = ${communityId} and name = any (${words.names}::text[]))
    union all
    select r.name, r.phone from resident r join household h on h.id = r.household_id
    where h.community_id = ${communityId} and r.removed_at is null and h.id is distinct from ${erased.homeId ?? null}::uuid
      and (r.name = any (${words.names}::text[]) or r.phone = any (${words.phones}::text[]))
    union all
    select null, phone from household where community_id = ${communityId} and removed_at is null
      and phone = any (${words.phones}::text[])`.execute(tx);
  const names = new Set(rows.map(({ name }) => name));
  const phones = new Set(rows.map(({ phone }) => phone));
  return {
    names: words.names.filter((name) => !names.has(name)),
    phones: words.phones.filter((phone) => !phones.has(phone)),
    places: words.places,
  };
}
