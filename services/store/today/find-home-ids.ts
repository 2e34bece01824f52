import type { Db, Tx } from '../database.ts';

/** The homes that a community has ever had, or those that are not in its register any more. */
export async function findHomeIds(
  db: Db | Tx,
  communityId: string,
  which: 'all' | 'removed',
): Promise<string[]> {
  let query = db.selectFrom('household').select('id').where('community_id', '=', communityId);
  if (which === 'removed') query = query.where('removed_at', 'is not', null);
  return (await query.execute()).map(({ id }) => id);
}
