import type { Db, Tx } from '../database.ts';
import { refuse, type Saved, saved } from '../register/refusal.ts';

type OnRota = { id: string; communityId: string; kind: string; timeZone: string };

/** Somebody with a rota: stewards and neighbours. The office and the family are called whenever it is their turn. */
export async function findOnRota(db: Db | Tx, personId: string): Promise<Saved<OnRota>> {
  const person = await db
    .selectFrom('person as p')
    .innerJoin('community as c', 'c.id', 'p.community_id')
    .select(['p.id', 'p.community_id as communityId', 'p.kind', 'c.time_zone as timeZone'])
    .where('p.id', '=', personId)
    .where('p.removed_at', 'is', null)
    .executeTakeFirst();
  if (!person) return refuse('not_found');
  return person.kind === 'steward' || person.kind === 'neighbour' ? saved(person) : refuse('not_on_rota');
}
