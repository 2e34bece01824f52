import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DEFAULT_LADDER } from '#pact/ladder.ts';
import type { Db } from '../database.ts';
import { openDays, refreshStaleDays } from '../pact-day/open-days.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { changeAssignments } from './assignment.ts';
import { createCommunity } from './community.ts';
import { changeHousehold, createHousehold, removeHousehold } from './household.ts';
import { changeLadder, findLadders } from './ladder.ts';
import { cancelLeave, createLeave } from './leave.ts';
import { changePact, findPact } from './pact.ts';
import { changePerson, createPerson, removePerson } from './person.ts';
import { readHouseholdFile } from './read-household.ts';
import { changeSensor, createSensor, findSensor, retireSensor } from './sensor.ts';

const NOW = Temporal.Instant.from('2026-03-02T02:00:00+08:00');
const KEY = Buffer.alloc(32, 7);
const BY = { kind: 'token', id: 'a-program' };

let opened: TestDb;
let db: Db;
let communityId: string;
let steward: string;
let neighbour: string;
let serial = 0;

beforeAll(async () => {
  opened = await openTestDb();
  db = opened.db;
});

afterAll(() => opened?.close());

/** Every test has a community of its own, with a steward and a neighbour. */
beforeEach(async () => {
  serial += 1;
  communityId = kept(
    await createCommunity(db, { name: `社区${serial}`, timeZone: 'Asia/Shanghai' }, BY, NOW),
  ).id;
  const person = { communityId, name: '赵红梅', phone: '+8619900000001' };
  steward = kept(await createPerson(db, person, BY, NOW)).id;
  const other = { communityId, kind: 'neighbour' as const, name: '孙阿姨', phone: '+8619900000101' };
  neighbour = kept(await createPerson(db, other, BY, NOW)).id;
});

function kept<T>(saved: { ok: true; value: T } | { ok: false; reason: string }): T {
  if (saved.ok) return saved.value;
  throw new Error(`refused: ${saved.reason}`);
}

const home = (code = '07') => ({
  communityId,
  grid: '第一网格',
  code,
  salutation: '王奶奶',
  building: '3',
  room: '502',
});
const addHome = async (code?: string) => kept(await createHousehold(db, home(code), BY, NOW)).id;

const dayOf = (householdId: string) =>
  db
    .selectFrom('pact_day')
    .select(['verdict', 'reason', 'deadline_at'])
    .where('household_id', '=', householdId)
    .where('on_date', '=', '2026-03-02')
    .executeTakeFirst();

test('a new home has its people, its elder and the default pact', async () => {
  const draft = {
    ...home(),
    residents: [{ name: '王桂兰', birthYear: 1941 }],
    assignments: { primary: [steward], neighbour: [neighbour] },
  };
  const { id } = kept(await createHousehold(db, draft, BY, NOW));
  expect(await readHouseholdFile(db, id)).toMatchObject({
    code: '07',
    residents: [{ name: '王桂兰', birthYear: 1941, livesAlone: true }],
    people: [
      { role: 'primary', name: '赵红梅' },
      { role: 'neighbour', name: '孙阿姨' },
    ],
    pact: {
      deadline: '08:00',
      earliest: '04:00',
      weekdays: [1, 2, 3, 4, 5, 6, 7],
      fromOn: '2026-03-02',
      signalCloses: true,
    },
  });
  const audit = await db.selectFrom('audit_entry').selectAll().where('subject_id', '=', id).execute();
  expect(audit).toMatchObject([{ action: 'household.create', actor_kind: 'token', actor_id: 'a-program' }]);
});

test('two homes of a community cannot have one number', async () => {
  await addHome();
  expect(await createHousehold(db, home(), BY, NOW)).toEqual({ ok: false, reason: 'code_taken' });
  const other = await addHome('08');
  expect(await changeHousehold(db, other, { code: '07' }, BY, NOW)).toEqual({
    ok: false,
    reason: 'code_taken',
  });
  expect(await changeHousehold(db, other, { code: '08', room: '101' }, BY, NOW)).toMatchObject({ ok: true });
});

test('of four offices that give one number at once, three are refused', async () => {
  const rooms = ['1', '2', '3', '4'];
  // With all connections open, the four look before any of them writes.
  await Promise.all(rooms.map(() => db.selectFrom('household').select('id').execute()));
  const made = await Promise.all(rooms.map((room) => createHousehold(db, { ...home(), room }, BY, NOW)));
  expect(made.filter(({ ok }) => ok)).toHaveLength(1);
  expect(made).toContainEqual({ ok: false, reason: 'code_taken' });
});

test('a home whose steward is a stranger is not made at all', async () => {
  const stranger = '00000000-0000-4000-8000-000000000000';
  const draft = { ...home(), assignments: { primary: [stranger] } };
  expect(await createHousehold(db, draft, BY, NOW)).toEqual({ ok: false, reason: 'unknown_person' });
  expect(await createHousehold(db, { ...home(), assignments: { primary: [neighbour] } }, BY, NOW)).toEqual({
    ok: false,
    reason: 'wrong_kind',
  });
  expect(await addHome()).toBeTruthy();
});

test('a pact with its deadline before its earliest time is refused with the reason', async () => {
  const id = await addHome();
  const pact = await findPact(db, { householdId: id });
  const refused = await changePact(db, pact?.id ?? '', { earliest: '09:00' }, BY, NOW);
  expect(refused).toEqual({ ok: false, reason: 'pact_invalid', problems: ['deadline_before_earliest'] });
});

test('a new deadline holds for today while today’s lies ahead', async () => {
  const id = await addHome();
  await openDays(db, NOW);
  const pact = await findPact(db, { householdId: id });
  kept(await changePact(db, pact?.id ?? '', { deadline: '09:30' }, BY, NOW.add({ minutes: 1 })));
  await refreshStaleDays(db, NOW.add({ minutes: 2 }), 100);
  expect((await dayOf(id))?.deadline_at).toEqual(new Date('2026-03-02T01:30:00Z'));
});

test('a leave excuses today, and coming back early ends the excuse', async () => {
  const id = await addHome();
  await openDays(db, NOW);
  const leave = { householdId: id, fromOn: '2026-03-01', untilOn: '2026-03-05' };
  const made = kept(await createLeave(db, leave, BY, NOW.add({ minutes: 1 })));
  await refreshStaleDays(db, NOW.add({ minutes: 2 }), 100);
  expect(await dayOf(id)).toMatchObject({ verdict: 'excused', reason: 'on_leave' });
  kept(await cancelLeave(db, made.id, BY, NOW.add({ minutes: 3 })));
  await refreshStaleDays(db, NOW.add({ minutes: 4 }), 100);
  expect(await dayOf(id)).toMatchObject({ verdict: 'awaiting' });
});

test('a leave that ends before it begins, is over, or is on no calendar is refused', async () => {
  const householdId = await addHome();
  const leave = (fromOn: string, untilOn: string) =>
    createLeave(db, { householdId, fromOn, untilOn }, BY, NOW);
  expect(await leave('2026-03-05', '2026-03-04')).toMatchObject({ reason: 'ends_before_it_starts' });
  expect(await leave('2026-02-01', '2026-02-10')).toMatchObject({ reason: 'already_over' });
  expect(await leave('2026-02-30', '2026-03-10')).toMatchObject({ reason: 'date_unreadable' });
});

test('a home that is removed pages nobody today, and its sensor may hang elsewhere', async () => {
  const id = await addHome();
  const sensor = kept(await createSensor(db, KEY, { householdId: id }, BY, NOW));
  await openDays(db, NOW);
  kept(await removeHousehold(db, id, BY, NOW));
  expect(await dayOf(id)).toMatchObject({ verdict: 'excused', reason: 'not_in_force' });
  expect(await findSensor(db, sensor.id)).toMatchObject({ householdId: null });
  expect(await readHouseholdFile(db, id)).toBeUndefined();
});

test('a home is not removed while somebody may be on the way to it', async () => {
  const id = await addHome();
  const at = new Date(NOW.epochMilliseconds);
  await db
    .insertInto('alert')
    .values({
      id: crypto.randomUUID(),
      household_id: id,
      community_id: communityId,
      on_date: '2026-03-02',
      reason: 'no_signal',
      deadline_at: at,
      opened_at: at,
      status: 'open',
      ladder: JSON.stringify(DEFAULT_LADDER),
      next_step_at: at,
    })
    .execute();
  expect(await removeHousehold(db, id, BY, NOW)).toEqual({ ok: false, reason: 'alert_open' });
});

test('a sensor that moves begins as unknown at its new home', async () => {
  const [from, to] = [await addHome('07'), await addHome('08')];
  const { id } = kept(await createSensor(db, KEY, { householdId: from, id: `s-${serial}` }, BY, NOW));
  const seen = new Date(NOW.epochMilliseconds);
  await db
    .updateTable('sensor_state')
    .set({ curtain: 'open', last_seen_at: seen })
    .where('sensor_id', '=', id)
    .execute();
  const moved = kept(await changeSensor(db, id, { householdId: to, silenceMinutes: 120 }, BY, NOW));
  expect(moved).toMatchObject({
    householdId: to,
    code: '08',
    curtain: 'unknown',
    lastSeenAt: null,
    silenceMinutes: 120,
  });
  expect(await createSensor(db, KEY, { householdId: to, id }, BY, NOW)).toEqual({
    ok: false,
    reason: 'id_taken',
  });
  kept(await retireSensor(db, id, BY, NOW));
  expect(await changeSensor(db, id, { householdId: from }, BY, NOW)).toEqual({
    ok: false,
    reason: 'retired',
  });
});

test('a steward who leaves is off every roster, and may come back under the same number', async () => {
  const id = await addHome();
  const people = { primary: [steward] };
  kept(await changeAssignments(db, { id, communityId }, people, BY, NOW));
  kept(await removePerson(db, steward, BY, NOW));
  expect((await readHouseholdFile(db, id))?.people).toEqual([]);
  expect(await changeAssignments(db, { id, communityId }, people, BY, NOW)).toMatchObject({
    reason: 'unknown_person',
  });
  const again = { communityId, name: '赵红梅', phone: '+8619900000001' };
  expect(kept(await createPerson(db, again, BY, NOW)).id).toBe(steward);
});

test('two stewards cannot have one phone', async () => {
  const person = { communityId, name: '钱建国', phone: '+8619900000002' };
  const { id } = kept(await createPerson(db, person, BY, NOW));
  expect(await createPerson(db, person, BY, NOW)).toEqual({ ok: false, reason: 'phone_taken' });
  expect(await changePerson(db, id, { phone: '+8619900000001' }, BY, NOW)).toEqual({
    ok: false,
    reason: 'phone_taken',
  });
});

test('a ladder without steps is refused', async () => {
  const [ladder] = await findLadders(db, communityId);
  const refused = await changeLadder(db, ladder?.id ?? '', { steps: [] }, BY, NOW);
  expect(refused).toEqual({ ok: false, reason: 'ladder_invalid', problems: ['ladder_empty'] });
});

test('the ladder onto which every new home comes keeps its name', async () => {
  const [ladder] = await findLadders(db, communityId);
  const renamed = await changeLadder(db, ladder?.id ?? '', { name: '平常' }, BY, NOW);
  expect(renamed).toEqual({ ok: false, reason: 'usual_ladder' });
});

test('a community in a zone that nobody knows is refused', async () => {
  expect(await createCommunity(db, { name: '新', timeZone: 'Mars/Base' }, BY, NOW)).toEqual({
    ok: false,
    reason: 'unknown_zone',
  });
});
