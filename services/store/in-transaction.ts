import type { Db, Tx } from './database.ts';

/** Does the work in the transaction at hand, or in one of its own. */
export const inTransaction = <T>(db: Db | Tx, work: (tx: Tx) => Promise<T>): Promise<T> =>
  db.isTransaction ? work(db as Tx) : (db as Db).transaction().execute(work);
