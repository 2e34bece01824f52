import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '../database.ts';
import { migrateToLatest } from '../migrate.ts';
import { findContractions, readSchema } from '../testing/schema-steps.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { MIGRATIONS } from './index.ts';

/**
 * Steps that were looked at. Over 0020 no two versions can work side by side: it is older than the rule. The rule of 0016 is
 * about a kind of ticket that nobody wrote before.
 */
const LOOKED_AT = ['0016-sensor-care', '0020-rights'];

let database: TestDb;
let db: Db;
beforeAll(async () => {
  database = await openTestDb();
  db = database.db;
});
afterAll(() => database.close());

const begin = () => sql`drop schema public cascade; create schema public`.execute(db);

test('no step takes away what the version before needs, unless its name says so', async () => {
  await begin();
  const names = Object.keys(MIGRATIONS);
  const contracting: string[] = [];
  for (const [index, name] of names.entries()) {
    const before = await readSchema(db);
    await migrateToLatest(database.url, { until: name });
    const found = index === 0 ? [] : findContractions(before, await readSchema(db));
    if (found.length > 0 && !name.endsWith('-contract')) contracting.push(`${name}: ${found.join(', ')}`);
  }
  expect(
    contracting.map((line) => line.split(':')[0]),
    contracting.join('\n'),
  ).toEqual(LOOKED_AT);
});

test.each([
  ['drop table quarantine', 'drops quarantine.id'],
  ['alter table household drop column note', 'drops household.note'],
  ['alter table household rename column note to notes', 'drops household.note'],
  ['alter table household alter column floor type text', 'turns household.floor from smallint into text'],
  ['alter table household alter column note set not null', 'requires household.note'],
  ['alter table household add column door text not null', 'requires household.door, which nobody writes yet'],
  [
    "alter table ticket alter column note set default ''; alter table pact alter column deadline drop default",
    'no longer fills pact.deadline',
  ],
  [
    'alter table household add constraint low check (floor < 9)',
    'adds a check rule household.low to what is written already',
  ],
  [
    'create unique index one_room on household (room)',
    'adds a unique rule household.one_room to what is written already',
  ],
  [
    'alter table visit add constraint who foreign key (account_id) references account',
    'adds a reference rule visit.who to what is written already',
  ],
])('the version before would stumble over: %s', async (statement, found) => {
  await begin();
  await migrateToLatest(database.url);
  const before = await readSchema(db);
  await sql.raw(statement).execute(db);
  expect(findContractions(before, await readSchema(db))).toContain(found);
});

test('what is new and may be left out disturbs nobody', async () => {
  await begin();
  await migrateToLatest(database.url);
  const before = await readSchema(db);
  await sql
    .raw(`create table more (id integer primary key, household_id uuid not null references household);
    alter table household add column door text check (door <> ''), add column steps integer not null default 0;
    create index household_room on household (room); create unique index household_door on household (door)`)
    .execute(db);
  expect(findContractions(before, await readSchema(db))).toEqual([]);
});
