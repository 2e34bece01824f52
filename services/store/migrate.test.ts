import { type Migration, sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrateToLatest } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { openTestDb, type TestDb } from './testing/test-db.ts';

let bed: TestDb;
beforeEach(async () => {
  bed = await openTestDb();
});
afterEach(() => bed.close());

const adding = (statement: string): Migration => ({
  up: async (db) => void (await sql.raw(statement).execute(db)),
});
const ran = async () => {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
    bed.db,
  );
  return rows.map(({ name }) => name);
};

test('the version before starts over a schema that a newer one has added to', async () => {
  const newer = { ...MIGRATIONS, '9000-more': adding('create table more (id integer)') };
  await migrateToLatest(bed.url, { migrations: newer });
  await migrateToLatest(bed.url);
  expect(await ran()).toContain('9000-more');
});

test('the version before is refused once a newer one has taken away what it needs', async () => {
  const newer = {
    ...MIGRATIONS,
    '9000-more': adding('create table more (id integer)'),
    '9001-notes-contract': adding('alter table household drop column note'),
  };
  await migrateToLatest(bed.url, { migrations: newer });
  await expect(migrateToLatest(bed.url)).rejects.toMatchObject({ code: 'DATABASE_NEWER' });
});

test('a change waits for a table in short tries, so that nobody waits behind it for long', async () => {
  const newer = { ...MIGRATIONS, '9000-wide': adding('alter table household add column wide text') };
  let migrating: Promise<void> | undefined;
  await bed.db.transaction().execute(async (holder) => {
    await sql`select 1 from household`.execute(holder);
    migrating = migrateToLatest(bed.url, { migrations: newer });
    const waits = async () => {
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from pg_locks
        where relation = 'household'::regclass and not granted`.execute(bed.db);
      return rows[0]!.count > 0;
    };
    await expect.poll(waits, { timeout: 10_000 }).toBe(true);
    // Behind the waiting change, and through as soon as it lets go: long before the holder ends.
    await bed.db.selectFrom('household').select('id').execute();
  });
  await migrating;
  expect(await ran()).toContain('9000-wide');
});

test('two that start together bring the schema up once', async () => {
  const newer = {
    ...MIGRATIONS,
    '9000-slow': adding('create table slow (id integer); select pg_sleep(3)'),
  };
  await Promise.all([1, 2].map(() => migrateToLatest(bed.url, { migrations: newer })));
  expect((await ran()).filter((name) => name === '9000-slow')).toHaveLength(1);
});
