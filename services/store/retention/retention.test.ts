import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { KEEP_DAYS } from '#pact/retention.ts';
import { createSession } from '../account/sessions.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { planMessages, URGENCY } from '../message/plan-message.ts';
import { type Seed, type SeededHome, seedCommunity } from '../testing/seed.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { keepNoLonger, listRetentionRuns, type Removed } from './retention-run.ts';

const NIGHT = '2029-11-25T02:31:00+08:00';
const at = (time: string) => Temporal.Instant.from(time);
const dateOf = (instant: Temporal.Instant) => new Date(instant.epochMilliseconds);
const daysBefore = (days: number) => at(NIGHT).subtract({ hours: 24 * days });
let opened: TestDb;
let seed: Seed;
let home: SeededHome;

beforeAll(async () => {
  opened = await openTestDb();
});
afterAll(() => opened?.close());
beforeEach(async () => {
  const { db } = opened;
  await sql`truncate retention_run, event, message, outbox, audit_entry, session, register_change`.execute(
    db,
  );
  await db.updateTable('household').set({ removed_at: null }).execute();
  seed = await seedCommunity(db);
  home = await seed.addHome();
});

/** Bite by bite, as the sweep does it. */
async function spendNight(keep = KEEP_DAYS, now = at(NIGHT)): Promise<Removed> {
  for (;;) {
    const removed = await keepNoLonger(opened.db, keep, now);
    if (removed) return removed;
  }
}
const count = async (table: 'event' | 'message' | 'audit_entry' | 'session' | 'register_change') => {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(
    opened.db,
  );
  return rows[0]?.n;
};

it('removes what sensors said when its time is over, and not a day sooner', async () => {
  await seed.open(home, daysBefore(KEEP_DAYS.events + 1).toString());
  await seed.open(home, daysBefore(KEEP_DAYS.events - 1).toString());
  expect(await spendNight()).toMatchObject({ events: 1 });
  expect(await count('event')).toBe(1);
});

it('empties old messages of words and numbers, keeps that there was one, and touches none that is on its way', async () => {
  const { db } = opened;
  const tell = (personId: string, days: number) =>
    db.transaction().execute((tx) =>
      planMessages(
        tx,
        [
          {
            ...{
              communityId: seed.communityId,
              kind: 'notice',
              personId,
              channel: 'sms',
              phone: '+8613900000001',
            },
            ...{ language: 'zh-CN', urgency: URGENCY.notice },
            content: { kind: 'notice', notice: { kind: 'daily_after', salutation: '王奶奶' } },
          },
        ],
        daysBefore(days),
      ),
    );
  await tell(home.primaryId, KEEP_DAYS.messages + 1);
  await db.updateTable('message').set({ state: 'delivered', provider_id: 'SM1' }).execute();
  await tell(home.backupId, KEEP_DAYS.messages + 1);
  await tell(seed.officeId, KEEP_DAYS.messages - 1);
  expect(await spendNight()).toMatchObject({ messages: 1 });
  const rows = await db
    .selectFrom('message')
    .select(['person_id', 'text', 'phone', 'content', 'provider_id'])
    .execute();
  expect(rows).toHaveLength(3);
  const emptied = { text: '', phone: '', content: null, provider_id: null };
  expect(rows.filter(({ text }) => text === '')).toEqual([{ person_id: home.primaryId, ...emptied }]);
});

it('removes old entries of the audit log, sessions that ran out, and the history but for who may come back', async () => {
  const { db } = opened;
  const entry = { actor: { kind: 'token' }, action: 'household.read', subjectKind: 'household' };
  await recordAudit(db, entry, daysBefore(KEEP_DAYS.audit + 1));
  await recordAudit(db, entry, daysBefore(1));
  const account = randomUUID();
  await db
    .insertInto('account')
    .values({
      ...{ id: account, username: `u-${randomBytes(4).toString('hex')}`, name: '王主任', password_hash: 'x' },
      ...{ role: 'office', created_at: new Date() },
    })
    .execute();
  // A new one removes those that ran out by then: the older clock comes last.
  await createSession(db, account, daysBefore(1), at(NIGHT).add({ hours: 12 }));
  await createSession(db, account, daysBefore(90), daysBefore(KEEP_DAYS.sessions + 1));
  const gone = await seed.addHome();
  await db
    .updateTable('household')
    .set({ removed_at: dateOf(daysBefore(1)) })
    .where('id', '=', gone.id)
    .execute();
  for (const id of [home.id, gone.id]) {
    await sql`
      insert into register_change (at, actor, household_id, subject, subject_id, kind, before, after)
      values (${dateOf(daysBefore(KEEP_DAYS.changes + 1))}, 'cli', ${id}, 'household', ${id}, 'update', '{}', '{}')`.execute(
      db,
    );
  }
  expect(await spendNight()).toMatchObject({ audit: 1, sessions: 1, changes: 1 });
  expect(await count('audit_entry')).toBe(1);
  expect(await count('session')).toBe(1);
  const left = await sql<{ id: string }>`select household_id as id from register_change`.execute(db);
  expect(left.rows).toEqual([{ id: gone.id }]);
});

it('takes as many bites as it needs, and adds them up in one row of the night', async () => {
  await sql`
    insert into event (household_id, type, at, at_source, received_at)
    select ${home.id}, 'seen', ${dateOf(daysBefore(500))}, 'received', ${dateOf(daysBefore(500))} from generate_series(1, 25000)`.execute(
    opened.db,
  );
  expect(await keepNoLonger(opened.db, KEEP_DAYS, at(NIGHT))).toBeUndefined();
  expect(await listRetentionRuns(opened.db, 5)).toMatchObject([
    { completedAt: null, removed: { events: 10000 } },
  ]);
  expect(await spendNight()).toMatchObject({ events: 25000 });
  expect(await listRetentionRuns(opened.db, 5)).toMatchObject([
    { on: '2029-11-25', completedAt: '2029-11-24T18:31:00.000Z', removed: { events: 25000 } },
  ]);
});

it('comes once a night, also when two look at once, the clock is set back, or the night was slept through', async () => {
  const { db } = opened;
  expect(await keepNoLonger(db, KEEP_DAYS, at('2029-11-25T02:29:00+08:00'))).toBeUndefined();
  expect(await listRetentionRuns(db, 5)).toEqual([]);
  await Promise.all([spendNightOnce(), spendNightOnce()]);
  expect(await listRetentionRuns(db, 5)).toHaveLength(1);
  expect(await keepNoLonger(db, KEEP_DAYS, at('2029-11-25T23:00:00+08:00'))).toBeUndefined();
  expect(await keepNoLonger(db, KEEP_DAYS, at('2029-11-24T03:00:00+08:00'))).toBeUndefined();
  expect(await keepNoLonger(db, KEEP_DAYS, at('2029-11-27T09:00:00+08:00'))).toBeDefined();
  expect((await listRetentionRuns(db, 5)).map(({ on }) => on)).toEqual(['2029-11-27', '2029-11-25']);
});
const spendNightOnce = () => keepNoLonger(opened.db, KEEP_DAYS, at(NIGHT));
