import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { DEFAULT_LADDER } from '#pact/ladder.ts';
import { openAlerts } from '#store/alert/open-alerts.ts';
import { createStewardLink } from '#store/door/steward-link.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { type ApiUnderTest, asProgram, startApiUnderTest } from '../testing/api-under-test.ts';

const NINE = '2026-11-24T09:00:00+08:00';
let api: ApiUnderTest;
let seed: Seed;
let home: SeededHome;
let relative: string;
let token: string;
let office: Record<string, string>;

beforeAll(async () => {
  api = await startApiUnderTest(NINE, { publicUrl: 'https://pact.example.cn' });
  seed = await seedCommunity(api.db);
  office = await asProgram(api);
});
afterAll(() => api.stop());
beforeEach(async () => {
  api.clock.set(NINE);
  home = await seed.addHome();
  relative = home.neighbourIds[0] ?? '';
  token = await linkFor(home, relative);
});

const askLink = (of: SeededHome, body: object) =>
  api.request({
    method: 'POST',
    url: `/api/v1/households/${of.id}/leave-links`,
    as: office,
    payload: body,
  });
async function linkFor(of: SeededHome, personId: string): Promise<string> {
  const made = await askLink(of, { personId });
  expect(made.statusCode).toBe(201);
  expect(made.json().link).toMatch(/^https:\/\/pact\.example\.cn\/l#/);
  return made.json().link.split('#')[1];
}
const look = (link = token) =>
  api.request({ url: '/api/v1/door/leave', as: { authorization: `Leave ${link}` } });
const press = (payload: object, link = token) =>
  api.request({
    method: 'POST',
    url: '/api/v1/door/leave',
    as: { authorization: `Leave ${link}` },
    payload,
  });
const say = (more: object = {}) => ({
  action: 'say',
  id: randomUUID(),
  fromOn: '2026-11-25',
  untilOn: '2026-11-28',
  ...more,
});
const leavesOf = (of: SeededHome) =>
  api.db.selectFrom('leave').selectAll().where('household_id', '=', of.id).execute();

it('lets a family say when the elder is away, once however often it is sent, and shows no address', async () => {
  const leave = say({ reason: '去女儿家' });
  const [first, second] = await Promise.all([press(leave), press(leave)]);
  expect([first.statusCode, second.statusCode]).toEqual([200, 200]);
  expect(await leavesOf(home)).toMatchObject([
    { from_on: '2026-11-25', until_on: '2026-11-28', reason: '去女儿家', asked_by: relative },
  ]);
  const view = await look();
  expect(view.json()).toMatchObject({
    salutation: '王奶奶',
    today: '2026-11-24',
    leaves: [{ id: leave.id }],
  });
  expect(view.body).not.toMatch(/501|3栋|phone":"\+/);
  const told = await api.db
    .selectFrom('message')
    .select('person_id')
    .where('person_id', 'in', [seed.officeId, home.primaryId])
    .where('subject', 'like', `leave_said/${leave.id}/%`)
    .execute();
  expect(told.map((one) => one.person_id).sort()).toEqual([seed.officeId, home.primaryId].sort());
});

it('makes a leave longer, answers that she is back, and cancels, each in the audit log under who pressed', async () => {
  const leave = say({ fromOn: '2026-11-24' });
  await press(leave);
  await press({ action: 'change', id: leave.id, untilOn: '2026-12-05' });
  expect(await leavesOf(home)).toMatchObject([{ until_on: '2026-12-05' }]);
  const back = await press({ action: 'answer', id: leave.id, back: true });
  expect(back.json().leaves).toMatchObject([{ id: leave.id, untilOn: '2026-11-24', back: true }]);
  const gone = await press({ action: 'cancel', id: leave.id });
  expect(gone.json().leaves).toEqual([]);
  const entries = await api.db
    .selectFrom('audit_entry')
    .select(['action', 'actor_kind', 'actor_id'])
    .where('subject_id', '=', leave.id)
    .orderBy('id')
    .execute();
  expect(entries.map(({ action }) => action)).toEqual([
    'leave.create',
    'leave.change',
    'leave.back',
    'leave.cancel',
  ]);
  expect(new Set(entries.map((one) => `${one.actor_kind}:${one.actor_id}`))).toEqual(
    new Set([`leave_link:${relative}`]),
  );
});

it('refuses in words what makes no sense: the past, an end before its beginning, half a year by link', async () => {
  const reasonOf = async (body: object) => (await press(body)).json().error.details?.reason;
  expect(await reasonOf(say({ fromOn: '2026-11-20', untilOn: '2026-11-23' }))).toBe('already_over');
  expect(await reasonOf(say({ untilOn: '2026-11-24' }))).toBe('ends_before_it_starts');
  expect(await reasonOf(say({ untilOn: '2027-05-28' }))).toBe('leave_too_long');
  expect((await press(say({ fromOn: '2026-02-30' }))).statusCode).toBe(400);
  expect(await leavesOf(home)).toEqual([]);
});

it('opens no other home’s leave, and nothing once it is over or its person looks after the home no more', async () => {
  const other = await seed.addHome();
  const theirs = await linkFor(other, other.primaryId);
  const leave = say();
  await press(leave, theirs);
  for (const body of [
    { action: 'cancel', id: leave.id },
    { action: 'change', id: leave.id, untilOn: '2026-12-05' },
    { action: 'answer', id: leave.id, back: true },
    say({ id: leave.id }),
  ]) {
    expect((await press(body)).statusCode).toBe(404);
  }
  expect(await leavesOf(other)).toMatchObject([{ until_on: '2026-11-28', cancelled_at: null }]);
  expect((await askLink(home, { personId: other.primaryId })).statusCode).toBe(404);
  await api.db.deleteFrom('assignment').where('person_id', '=', relative).execute();
  expect((await look()).statusCode).toBe(401);
  api.clock.set('2026-12-25T09:00:01+08:00');
  expect((await look(theirs)).statusCode).toBe(401);
  expect((await look('AAAAAAAAAAAAAA')).statusCode).toBe(401);
});

it('sends the link by SMS when the office asks for it', async () => {
  await askLink(home, { personId: relative, send: true });
  const [message] = await api.db
    .selectFrom('message')
    .select('text')
    .where('person_id', '=', relative)
    .execute();
  expect(message?.text).toContain('https://pact.example.cn/l#');
});

/** A steward at the door of an alert of this home. */
async function stewardAtTheDoor() {
  const alert = {
    ...{ householdId: home.id, communityId: seed.communityId, onDate: '2026-11-24' },
    ...{ deadlineAt: api.clock.now(), reason: 'no_signal' as const },
    ...{ silentSince: undefined, ladder: DEFAULT_LADDER },
  };
  await api.db.transaction().execute((tx) => openAlerts(tx, [alert], api.clock.now()));
  const { id: alertId } = await api.db
    .selectFrom('alert')
    .select('id')
    .where('household_id', '=', home.id)
    .executeTakeFirstOrThrow();
  const link = await api.db
    .transaction()
    .execute((tx) => createStewardLink(tx, { alertId, personId: home.primaryId }, api.clock.now()));
  const payload = {
    ...{ key: randomUUID(), alertId, action: 'away', note: '去儿子家了', awayUntil: '2026-11-30' },
  };
  const send = (more: object) =>
    api.request({
      method: 'POST',
      url: '/api/v1/door/press',
      as: { authorization: `Steward ${link.token}` },
      payload: { ...payload, ...more },
    });
  return send;
}

it('takes a last day along with the outcome that she is away, so that she is not looked for until then', async () => {
  const send = await stewardAtTheDoor();
  expect((await send({})).json().answer).toBe('done');
  await send({});
  expect(await leavesOf(home)).toMatchObject([
    { from_on: '2026-11-24', until_on: '2026-11-30', reason: '去儿子家了', asked_by: home.primaryId },
  ]);
});

it('takes the outcome and says so, where the days away cannot be', async () => {
  const send = await stewardAtTheDoor();
  expect((await send({ awayUntil: '2028-01-01' })).json().answer).toBe('days_refused');
  expect(await leavesOf(home)).toEqual([]);
  const alert = await api.db
    .selectFrom('alert')
    .select(['status', 'outcome'])
    .where('household_id', '=', home.id)
    .executeTakeFirstOrThrow();
  expect(alert).toEqual({ status: 'closed', outcome: 'away' });
});

it('undoes a cancellation for the office', async () => {
  const leave = say();
  await press(leave);
  await api.request({ method: 'DELETE', url: `/api/v1/leaves/${leave.id}`, as: office });
  const restored = await api.request({
    method: 'POST',
    url: `/api/v1/leaves/${leave.id}/restore`,
    as: office,
  });
  expect(restored.json()).toMatchObject({ id: leave.id, cancelledAt: null, untilOn: '2026-11-28' });
});
