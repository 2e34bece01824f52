import { createTestDatabase } from '#platform/testing/postgres.ts';
import { createDatabase, createPool } from '../connect.ts';
import type { Db } from '../database.ts';

export type TestDb = { db: Db; url: string; close(): Promise<void> };

/** A database of a test file's own. */
export async function openTestDb(): Promise<TestDb> {
  const database = await createTestDatabase();
  // Connections that are closing still may be ended when the database is dropped.
  const onError = () => undefined;
  const db = createDatabase(createPool({ connectionString: database.url, size: 4, name: 'test', onError }));
  return {
    db,
    url: database.url,
    async close() {
      await db.destroy();
      await database.drop();
    },
  };
}
