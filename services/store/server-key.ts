import type { Db } from './database.ts';

/**
 * Says that the secrets of this database are kept under the key with this fingerprint: the first process says
 * so for good.
 * @returns whether it is so
 */
export async function claimServerKey(db: Db, fingerprint: Buffer): Promise<boolean> {
  await db
    .insertInto('server_key')
    .values({ singleton: true, fingerprint })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db.selectFrom('server_key').select('fingerprint').executeTakeFirstOrThrow();
  return row.fingerprint.equals(fingerprint);
}
