import { CompiledQuery } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_LADDER } from '#pact/ladder.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createDatabase, createPool } from '../connect.ts';
import type { Db } from '../database.ts';
import { takeDueMessages } from '../message/take-due-messages.ts';
import { seedCommunity } from '../testing/seed.ts';
import { advanceDueAlerts } from './change-alert.ts';
import { findNextDue } from './next-due.ts';
import { openAlerts } from './open-alerts.ts';

const EIGHT = Temporal.Instant.from('2026-11-24T08:00:00+08:00');
let database: TestDatabase;
let db: Db;
const asked: CompiledQuery[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(
    createPool({
      connectionString: database.url,
      size: 2,
      name: 'test',
      onError: () => undefined,
      settings: '-c enable_seqscan=off',
    }),
    ({ query }) => asked.push(query),
  );
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

it('knows the next step, the next message, and when a lost one is free again', async () => {
  expect(await findNextDue(db, EIGHT)).toEqual({ step: undefined, message: undefined, leaseEnd: undefined });
  const seed = await seedCommunity(db);
  const home = await seed.addHome();
  const alert = {
    householdId: home.id,
    communityId: seed.communityId,
    onDate: '2026-11-24',
    deadlineAt: EIGHT,
    reason: 'no_signal' as const,
    silentSince: undefined,
    ladder: DEFAULT_LADDER,
  };
  await db.transaction().execute((tx) => openAlerts(tx, [alert], EIGHT));
  expect(await findNextDue(db, EIGHT)).toEqual({ step: EIGHT, message: undefined, leaseEnd: undefined });

  await advanceDueAlerts(db, EIGHT, 10);
  const step = EIGHT.add({ minutes: 3 });
  expect(await findNextDue(db, EIGHT)).toEqual({ step, message: EIGHT, leaseEnd: undefined });

  const hourBefore = EIGHT.subtract({ hours: 1 });
  expect(await findNextDue(db, hourBefore), 'the clock that planned it was ahead').toMatchObject({
    message: hourBefore,
  });

  await takeDueMessages(db, { channel: 'sms', limit: 10, leaseMs: 30_000 }, EIGHT);
  expect(await findNextDue(db, EIGHT)).toEqual({
    step,
    message: undefined,
    leaseEnd: EIGHT.add({ seconds: 30 }),
  });
});

it('finds them by an index each: messages are kept for months, and this is asked every two seconds', async () => {
  asked.length = 0;
  await findNextDue(db, EIGHT);
  const plan = await db.executeQuery<{ 'QUERY PLAN': string }>(
    CompiledQuery.raw(`explain ${asked[0]?.sql ?? ''}`, [...(asked[0]?.parameters ?? [])]),
  );
  const lines = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(lines).toContain('message_due');
  expect(lines).not.toContain('Seq Scan');
});
