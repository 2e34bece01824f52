import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Db } from '../database.ts';

/** Whether a home is one that this steward looks after; everybody's, where none is given. */
export const isHomeOf = (
  stewardId: string | undefined,
  householdId: RawBuilder<unknown>,
): RawBuilder<SqlBool> =>
  stewardId === undefined
    ? sql<SqlBool>`true`
    : sql<SqlBool>`exists (select from assignment own where own.household_id = ${householdId} and own.person_id = ${stewardId})`;

export async function looksAfter(db: Db, stewardId: string, householdId: string): Promise<boolean> {
  const own = await db
    .selectFrom('assignment')
    .select('role')
    .where('person_id', '=', stewardId)
    .where('household_id', '=', householdId)
    .executeTakeFirst();
  return own !== undefined;
}
