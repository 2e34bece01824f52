import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { checkAcknowledgedEvents, checkInvariants } from './invariants.ts';

const now = Temporal.Instant.from('2026-03-03T01:00:00Z');
const options = { now, graceMs: 60_000 };
const id = {
  community: randomUUID(),
  grid: randomUUID(),
  ladder: randomUUID(),
  steward: randomUUID(),
  backup: randomUUID(),
  kept: randomUUID(),
  late: randomUUID(),
  visited: randomUUID(),
  open: randomUUID(),
  lateAlert: randomUUID(),
  visitedAlert: randomUUID(),
  openAlert: randomUUID(),
};

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(
    createPool({ connectionString: database.url, size: 2, name: 'test', onError: () => undefined }),
  );
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

/** A morning on which everything went as it should: one kept, one kept late, one visited, one still open. */
beforeEach(async () => {
  const run = (statement: string) => sql.raw(statement).execute(db);
  await run('truncate community, event, outbox, watermark cascade');
  await run(`
    insert into community (id, name, time_zone) values ('${id.community}', '东苑社区', 'Asia/Shanghai');
    insert into grid values ('${id.grid}', '${id.community}', '一网格');
    insert into ladder values ('${id.ladder}', '${id.community}', 'default', '[]', 15, 15);
    insert into person (id, community_id, kind, name, phone, created_at, updated_at) values
      ('${id.steward}', '${id.community}', 'steward', '甲', '+8619900000001', '2026-03-02Z', '2026-03-02Z'),
      ('${id.backup}', '${id.community}', 'steward', '乙', '+8619900000002', '2026-03-02Z', '2026-03-02Z');
    insert into day_opening values ('${id.community}', '2026-03-03', '2026-03-02T16:00Z');`);
  for (const [index, household] of [id.kept, id.late, id.visited, id.open].entries()) {
    await run(`
      insert into household (id, community_id, grid_id, code, salutation, building, room, created_at, updated_at)
        values ('${household}', '${id.community}', '${id.grid}', '0${index + 1}', '奶奶', '3栋', '10${index}', '2026-03-02Z', '2026-03-02Z');
      insert into pact (id, household_id, ladder_id, from_on, updated_at)
        values ('${household}', '${household}', '${id.ladder}', '2026-03-01', '2026-03-02Z');
      insert into sensor (id, household_id, secret_hash, enrolled_at) values ('s${index + 1}', '${household}', '', '2026-03-02Z');
      insert into pact_day (household_id, on_date, community_id, pact_id, earliest_at, deadline_at, verdict)
        values ('${household}', '2026-03-03', '${id.community}', '${household}', '2026-03-02T20:00Z', '2026-03-03T00:00Z', 'awaiting');`);
  }
  await run(`
    insert into event (sensor_id, household_id, type, at, at_source, received_at, seq, opening) values
      ('s1', '${id.kept}', 'opened', '2026-03-02T23:00Z', 'received', '2026-03-02T23:00Z', 1, true),
      ('s2', '${id.late}', 'opened', '2026-03-03T00:05Z', 'received', '2026-03-03T00:05Z', 1, true);
    insert into alert (id, household_id, community_id, on_date, reason, deadline_at, opened_at, status, ladder, next_step_at, closed_at, signal_at, outcome, closed_by) values
      ('${id.lateAlert}', '${id.late}', '${id.community}', '2026-03-03', 'no_signal', '2026-03-03T00:00Z', '2026-03-03T00:00:01Z', 'closed', '{}', null, '2026-03-03T00:05Z', '2026-03-03T00:05Z', null, 'signal'),
      ('${id.visitedAlert}', '${id.visited}', '${id.community}', '2026-03-03', 'no_signal', '2026-03-03T00:00Z', '2026-03-03T00:00:01Z', 'closed', '{}', null, '2026-03-03T00:20Z', null, 'safe', 'outcome'),
      ('${id.openAlert}', '${id.open}', '${id.community}', '2026-03-03', 'no_signal', '2026-03-03T00:00Z', '2026-03-03T00:00:01Z', 'open', '{}', '2026-03-03T01:10Z', null, null, null, null);
    update pact_day set verdict = 'kept', closed_as = 'kept', proof_at = '2026-03-02T23:00Z' where household_id = '${id.kept}';
    update pact_day set verdict = 'kept', closed_as = 'kept_late', proof_at = '2026-03-03T00:05Z', alert_id = '${id.lateAlert}' where household_id = '${id.late}';
    update pact_day set verdict = 'missed', closed_as = 'visited', alert_id = '${id.visitedAlert}' where household_id = '${id.visited}';
    update pact_day set verdict = 'missed', closed_as = 'unresolved', alert_id = '${id.openAlert}' where household_id = '${id.open}';
    insert into visit (id, household_id, alert_id, person_id, outcome, visited_at, recorded_at)
      values ('${randomUUID()}', '${id.visited}', '${id.visitedAlert}', '${id.steward}', 'safe', '2026-03-03T00:20Z', '2026-03-03T00:20Z');
    insert into alert_entry (alert_id, at, kind, person_id) values ('${id.visitedAlert}', '2026-03-03T00:20Z', 'outcome_recorded', '${id.steward}');`);
  for (const alert of [id.lateAlert, id.visitedAlert, id.openAlert])
    await addMessage({ alert, kind: 'page' });
  await addMessage({ alert: id.lateAlert, kind: 'stand_down' });
});

async function addMessage(message: {
  alert: string;
  kind: 'page' | 'stand_down';
  person?: string;
  step?: number;
}) {
  const messageId = randomUUID();
  await sql`
    insert into message (id, direction, kind, alert_id, step, person_id, channel, phone, text, state, provider, created_at, accepted_at)
    values (${messageId}, 'out', ${message.kind}, ${message.alert}, ${message.step ?? 0}, ${message.person ?? id.steward}, 'sms',
      '+8619900000001', '', 'accepted', 'outbox', '2026-03-03T00:00:01Z', '2026-03-03T00:00:02Z')`.execute(
    db,
  );
  await sql`insert into outbox values (${messageId}, ${messageId}, '+8619900000001', '', '2026-03-03T00:00:02Z')`.execute(
    db,
  );
}

const check = () => checkInvariants(db, options);

test('a morning that went well breaks no invariant', async () => {
  expect(await check()).toEqual([]);
});

test.each<[string, string, string]>([
  [
    'a home without its day',
    `delete from pact_day where household_id = '${id.kept}'`,
    `Household ${id.kept} has no pact day on 2026-03-03.`,
  ],
  [
    'a day that nobody has judged',
    `update pact_day set verdict = 'awaiting', closed_as = null where household_id = '${id.kept}'`,
    `The day 2026-03-03 of household ${id.kept} is past its deadline and not judged.`,
  ],
  [
    'a missed day that nobody was sent for',
    `update pact_day set alert_id = null where household_id = '${id.open}'`,
    `The missed day 2026-03-03 of household ${id.open} has no alert.`,
  ],
  [
    'an open alert whose step was slept through',
    `update alert set next_step_at = '2026-03-03T00:58Z' where id = '${id.openAlert}'`,
    `The next step of open alert ${id.openAlert} is overdue.`,
  ],
  [
    'an alert whose page no gateway has taken',
    `update message set state = 'planned' where alert_id = '${id.openAlert}'`,
    `Nobody was paged for open alert ${id.openAlert}.`,
  ],
  [
    'a page that is marked as sent and was not',
    `delete from outbox where message_id = (select id from message where alert_id = '${id.openAlert}')`,
    'and lies in the outbox 0 times.',
  ],
  [
    'a day kept by an opening of last night',
    `update event set at = '2026-03-02T13:00Z' where household_id = '${id.kept}'`,
    `The day 2026-03-03 of household ${id.kept} is kept without a proof inside its window.`,
  ],
  [
    'a day kept late without a late opening',
    `delete from event where household_id = '${id.late}'`,
    `The day 2026-03-03 of household ${id.late} is kept late without an opening after its deadline.`,
  ],
  [
    'a home that was alerted though it had opened',
    `update pact_day set alert_id = '${id.openAlert}' where household_id = '${id.kept}'`,
    `Household ${id.kept} was alerted on 2026-03-03 although its opening was received in time.`,
  ],
  [
    'an alert that was closed by nothing',
    `update alert set outcome = null where id = '${id.visitedAlert}'`,
    `Alert ${id.visitedAlert} is closed with neither an outcome nor a signal.`,
  ],
  [
    'a stand-down to somebody whose page was taken back in time',
    `update message set state = 'failed', failure = 'stood_down', attempts = 0 where kind = 'page' and alert_id = '${id.lateAlert}'`,
    `Person ${id.steward} got a stand-down for alert ${id.lateAlert} without a page.`,
  ],
  [
    'a steward who is still on the way to a home that is well',
    `delete from message where kind = 'stand_down'`,
    `Person ${id.steward} was paged for alert ${id.lateAlert} and never stood down.`,
  ],
])('notices %s', async (_what, statement, violation) => {
  await sql.raw(statement).execute(db);
  expect(await check()).toEqual([expect.stringContaining(violation)]);
});

test('notices a stand-down to somebody who was never paged', async () => {
  await addMessage({ alert: id.lateAlert, kind: 'stand_down', person: id.backup });
  expect(await check()).toEqual([
    `Person ${id.backup} got a stand-down for alert ${id.lateAlert} without a page.`,
  ]);
});

test('notices an acknowledged event that is missing, and one that is stored twice', async () => {
  expect(await checkAcknowledgedEvents(db, [{ sensorId: 's1', seq: 1 }])).toEqual([]);
  expect(await checkAcknowledgedEvents(db, [{ sensorId: 's1', seq: 2 }])).toEqual([
    'Event 2 of sensor s1 was acknowledged and is not stored.',
  ]);
  await sql`
    insert into event (sensor_id, household_id, type, at, at_source, received_at, seq, boot)
    select sensor_id, household_id, type, at, at_source, received_at, seq, 1 from event`.execute(db);
  expect(await checkAcknowledgedEvents(db, [{ sensorId: 's1', seq: 1 }])).toEqual([
    'Event 1 of sensor s1 is stored 2 times.',
  ]);
});

test('notices a person who was paged twice for one step', async () => {
  // The schema itself refuses this; the check must see it where the schema has been changed.
  await sql`drop index message_page`.execute(db);
  await addMessage({ alert: id.openAlert, kind: 'page' });
  expect(await check()).toEqual([
    `Person ${id.steward} was paged 2 times for step 0 of alert ${id.openAlert}.`,
  ]);
});
