import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CareItem } from '#contracts/http/care.ts';
import { openCareDays } from '#store/care/open-care.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { type ApiUnderTest, asProgram, startApiUnderTest } from '../testing/api-under-test.ts';

const NINE = '2026-11-24T09:00:00+08:00';
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
let api: ApiUnderTest;
let seed: Seed;
let home: SeededHome;
let office: Record<string, string>;

beforeAll(async () => {
  api = await startApiUnderTest(NINE);
});
afterAll(() => api.stop());
beforeEach(async () => {
  api.clock.set(NINE);
  seed = await seedCommunity(api.db);
  home = await seed.addHome();
  office = await api.signInAs({ communityId: seed.communityId });
});

/** The next day: last evening's session is over. */
async function comeBackAt(time: string) {
  api.clock.set(time);
  office = await api.signInAs({ communityId: seed.communityId });
}
const send = (method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, payload?: object, as = office) =>
  api.request({ method, url: `/api/v1${path}`, as, ...(payload ? { payload } : {}) });
const get = async (path: string, as = office) => (await api.request({ url: `/api/v1${path}`, as })).json();
const today = async (): Promise<CareItem[]> => (await get('/care')).items;
const plan = async (kind = 'daily_visit', weekdays = EVERY_DAY) => {
  const made = await send('POST', `/households/${home.id}/care-plans`, { kind, weekdays });
  expect(made.statusCode).toBe(201);
  return made.json().id as string;
};
const first = async () => {
  const [item] = await today();
  if (!item) throw new Error('nothing stands on the list');
  return item;
};
async function linkOf(personId: string): Promise<string> {
  const made = await send('POST', '/care/links', { personId });
  expect(made.statusCode).toBe(201);
  expect(made.json().link).toMatch(/^\/c#/);
  return made.json().link.split('#')[1];
}
const door = (token: string, payload?: object) =>
  api.request({
    url: '/api/v1/door/care',
    as: { authorization: `Care ${token}` },
    ...(payload ? { method: 'POST', payload } : {}),
  });

describe('the office', () => {
  it('chooses homes by rule, sees whose turn it is today, and ticks off with a word', async () => {
    await plan();
    const item = await first();
    expect(item).toMatchObject({
      kind: 'daily_visit',
      code: home.code,
      ownerId: home.primaryId,
      state: 'open',
    });
    const key = randomUUID();
    const ticked = await send('POST', `/care/tasks/${item.id}/done`, { key, note: '在家,精神好' });
    expect(ticked.statusCode).toBe(204);
    expect(await first()).toMatchObject({ state: 'done', doneNote: '在家,精神好', contactId: key });
    expect((await send('POST', `/care/contacts/${key}/undo`)).statusCode).toBe(204);
    expect(await first()).toMatchObject({ state: 'open', contactId: null });
  });

  it('cannot take a tick back the day after', async () => {
    await plan();
    const key = randomUUID();
    await send('POST', `/care/tasks/${(await first()).id}/done`, { key });
    await comeBackAt('2026-11-25T10:00:00+08:00');
    const undone = await send('POST', `/care/contacts/${key}/undo`);
    expect([undone.statusCode, undone.json().error.details.reason]).toEqual([409, 'undo_too_late']);
  });

  it('looks back at a day and sees what was missed', async () => {
    await plan();
    await openCareDays(api.db, Temporal.Instant.from(NINE));
    await comeBackAt('2026-11-25T09:00:00+08:00');
    await openCareDays(api.db, api.clock.now());
    expect((await get('/care?date=2026-11-24')).items).toMatchObject([{ state: 'missed' }]);
    expect(await today()).toMatchObject([{ state: 'open', missedSince: '2026-11-24' }]);
  });

  it('asks for a must-visit and a service, once however often it is sent, and takes one back', async () => {
    const ask = {
      id: randomUUID(),
      householdId: home.id,
      kind: 'must_visit',
      occasion: 'illness',
      note: '住院回来',
    };
    expect((await send('POST', '/care/tasks', ask)).statusCode).toBe(201);
    expect((await send('POST', '/care/tasks', ask)).statusCode).toBe(201);
    await send('POST', '/care/tasks', { ...ask, id: randomUUID(), kind: 'service', service: 'medicine' });
    expect((await today()).map(({ kind }) => kind).sort()).toEqual(['must_visit', 'service']);
    expect((await send('DELETE', `/care/tasks/${ask.id}`)).statusCode).toBe(204);
    expect((await today()).find(({ id }) => id === ask.id)).toMatchObject({
      state: 'excused',
      reason: 'taken_back',
    });
    expect((await send('POST', `/care/tasks/${ask.id}/restore`)).statusCode).toBe(204);
    expect((await today()).find(({ id }) => id === ask.id)).toMatchObject({ state: 'open' });
  });

  it('decides on what occasions its homes must be visited', async () => {
    const path = `/communities/${seed.communityId}/occasions`;
    expect((await get(path)).items.map(({ code }: { code: string }) => code)).toEqual([
      ...['hardship', 'illness', 'wedding_funeral', 'emergency', 'health_task'],
    ]);
    await send('PUT', `${path}/health_task`, { withinDays: 7, inUse: false });
    await send('PUT', `${path}/heat`, { name: '高温', withinDays: 0, inUse: true });
    expect((await get(path)).items).toContainEqual({
      code: 'heat',
      name: '高温',
      withinDays: 0,
      inUse: true,
    });
    const ask = { householdId: home.id, kind: 'must_visit' };
    const refused = await send('POST', '/care/tasks', { ...ask, id: randomUUID(), occasion: 'health_task' });
    expect(refused.json().error.details.reason).toBe('unknown_occasion');
    await send('POST', '/care/tasks', { ...ask, id: randomUUID(), occasion: 'heat' });
    expect(await first()).toMatchObject({ occasionName: '高温', dueOn: '2026-11-24' });
    expect((await send('PUT', `${path}/constructor`, { withinDays: 1, inUse: true })).statusCode).toBe(400);
  });

  it('changes, ends and brings back the plan of a home, and sees it in the home’s file', async () => {
    const id = await plan('weekly_visit', [5]);
    expect((await send('PATCH', `/care-plans/${id}`, { weekdays: [2, 5] })).json()).toMatchObject({
      weekdays: [2, 5],
    });
    expect(await get(`/households/${home.id}/care`)).toMatchObject({
      plans: [{ id }],
      items: [{ state: 'open' }],
      drift: null,
    });
    expect((await send('DELETE', `/care-plans/${id}`)).statusCode).toBe(204);
    expect(await get(`/households/${home.id}/care`)).toMatchObject({
      plans: [],
      items: [{ reason: 'plan_ended' }],
    });
    expect((await send('POST', `/care-plans/${id}/restore`)).statusCode).toBe(200);
    expect(await get(`/households/${home.id}/care`)).toMatchObject({
      plans: [{ id }],
      items: [{ state: 'open' }],
    });
  });

  it('of another community sees and changes nothing of it', async () => {
    const planId = await plan();
    const { id } = await first();
    const other = await seedCommunity(api.db);
    const stranger = await api.signInAs({ communityId: other.communityId });
    const key = randomUUID();
    const ask = { id: randomUUID(), householdId: home.id, kind: 'service', service: 'haircut' };
    const refused = await Promise.all([
      send('POST', `/care/tasks/${id}/done`, { key }, stranger),
      send('POST', '/care/tasks', ask, stranger),
      send('POST', `/households/${home.id}/care-plans`, { kind: 'daily_greeting', weekdays: [1] }, stranger),
      send('DELETE', `/care-plans/${planId}`, undefined, stranger),
      send('POST', '/care/links', { personId: home.primaryId }, stranger),
      send(
        'PUT',
        `/communities/${seed.communityId}/occasions/heat`,
        { name: 'x', withinDays: 0, inUse: true },
        stranger,
      ),
    ]);
    expect(refused.map(({ statusCode }) => statusCode)).toEqual(Array(6).fill(404));
    expect((await get('/care', stranger)).items).toEqual([]);
    expect(await first()).toMatchObject({ state: 'open' });
  });
});

describe('the link of a steward', () => {
  it('opens their own list of today and no other’s, without an account', async () => {
    await plan();
    const view = (await door(await linkOf(home.primaryId))).json();
    expect(view).toMatchObject({
      date: '2026-11-24',
      items: [{ code: home.code, building: '3栋', state: 'open' }],
    });
    expect((await door(await linkOf(home.backupId))).json().items).toEqual([]);
  });

  it('ticks off with a line of words, once for a key, and takes it back', async () => {
    await plan();
    const token = await linkOf(home.primaryId);
    const { id } = await first();
    const press = {
      action: 'done',
      taskId: id,
      key: randomUUID(),
      note: '帮忙取了药',
      pressedAt: '2026-11-24T00:40:00Z',
    };
    const both = await Promise.all([door(token, press), door(token, press)]);
    expect(both.map((answer) => [answer.statusCode, answer.json().answer])).toEqual(
      Array(2).fill([200, 'done']),
    );
    expect(await first()).toMatchObject({
      state: 'done',
      doneNote: '帮忙取了药',
      doneAt: '2026-11-24T00:40:00.000Z',
    });
    const undo = { action: 'undo', key: randomUUID(), contactId: press.key };
    expect((await door(token, undo)).json()).toMatchObject({
      answer: 'done',
      view: { items: [{ state: 'open' }] },
    });
  });

  it('says so when somebody else was there first', async () => {
    await plan();
    const { id } = await first();
    await send('POST', `/care/tasks/${id}/done`, { key: randomUUID() });
    const late = await door(await linkOf(home.primaryId), { action: 'done', taskId: id, key: randomUUID() });
    expect(late.json()).toMatchObject({ answer: 'closed', view: { items: [{ state: 'done' }] } });
  });

  it('ends with its days, and with the steward’s time in the register', async () => {
    const token = await linkOf(home.primaryId);
    await api.db
      .updateTable('person')
      .set({ removed_at: new Date() })
      .where('id', '=', home.primaryId)
      .execute();
    expect((await door(token)).statusCode).toBe(401);
    const other = await linkOf(home.backupId);
    api.clock.set('2026-12-02T09:00:00+08:00');
    expect((await door(other)).statusCode).toBe(401);
    expect((await door('x'.repeat(30))).statusCode).toBe(401);
  });

  it('undoes only what was ticked by its own steward, and reaches no other community', async () => {
    await plan();
    const { id } = await first();
    const key = randomUUID();
    await send('POST', `/care/tasks/${id}/done`, { key });
    const token = await linkOf(home.primaryId);
    expect((await door(token, { action: 'undo', key: randomUUID(), contactId: key })).statusCode).toBe(404);
    const other = await seedCommunity(api.db);
    office = await api.signInAs({ communityId: other.communityId });
    const foreign = await linkOf((await other.addHome()).primaryId);
    expect((await door(foreign, { action: 'done', taskId: id, key: randomUUID() })).statusCode).toBe(404);
  });

  it('ticks off nothing at homes that are no matter of its steward’s', async () => {
    await plan();
    const { id } = await first();
    const stranger = await linkOf((await seed.addHome({ code: '88' })).primaryId);
    const press = { action: 'done', taskId: id, key: randomUUID() };
    expect((await door(stranger, press)).statusCode).toBe(404);
    expect(await first()).toMatchObject({ state: 'open' });
    // Who goes there as the backup may tick it off, and so may whom the office has asked.
    const asked = { id: randomUUID(), householdId: home.id, kind: 'service', service: 'haircut' };
    const { id: ownerId } = await api.db
      .selectFrom('assignment')
      .select('person_id as id')
      .where('household_id', '<>', home.id)
      .where('role', '=', 'primary')
      .innerJoin('household as h', 'h.id', 'household_id')
      .where('h.community_id', '=', seed.communityId)
      .executeTakeFirstOrThrow();
    await send('POST', '/care/tasks', { ...asked, ownerId });
    const service = { action: 'done', taskId: asked.id, key: randomUUID() };
    expect((await door(stranger, service)).json()).toMatchObject({ answer: 'done' });
    expect((await door(await linkOf(home.backupId), press)).json()).toMatchObject({ answer: 'done' });
  });

  it('is sent by SMS where the office says so, and leads to where phones reach the service', async () => {
    const refused = await send('POST', '/care/links', { personId: home.primaryId, send: true });
    expect(refused.json().error.details.reason).toBe('public_url_missing');
    const public_ = await startApiUnderTest(NINE, { publicUrl: 'https://pact.example.cn' });
    try {
      const { communityId, addHome } = await seedCommunity(public_.db);
      const { primaryId } = await addHome();
      const as = await asProgram(public_);
      const url = `/api/v1/care/links?community=${communityId}`;
      const payload = { personId: primaryId, send: true };
      expect((await public_.request({ method: 'POST', url, as, payload })).statusCode).toBe(201);
      const sent = await public_.db
        .selectFrom('message')
        .select('text')
        .where('person_id', '=', primaryId)
        .execute();
      expect(sent).toMatchObject([{ text: expect.stringContaining('https://pact.example.cn/c#') }]);
    } finally {
      await public_.stop();
    }
  });

  it('is written to the audit log when it is made and when it is first opened', async () => {
    const token = await linkOf(home.primaryId);
    await door(token);
    await door(token);
    const entries = await api.db
      .selectFrom('audit_entry')
      .select(['action', 'actor_kind'])
      .where('subject_id', '=', home.primaryId)
      .orderBy('id')
      .execute();
    expect(entries).toEqual([
      { action: 'care.link', actor_kind: 'account' },
      { action: 'care.read', actor_kind: 'care_link' },
    ]);
  });
});
