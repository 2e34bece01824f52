import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDays, refreshStaleDays } from '#store/pact-day/open-days.ts';
import { type Seed, type SeededHome, seedCommunity } from '#store/testing/seed.ts';
import { type ApiUnderTest, startApiUnderTest } from '../testing/api-under-test.ts';

let api: ApiUnderTest;
let seed: Seed;
let community: string;
let home: SeededHome;

const send = (method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, payload?: object) =>
  api.request({ method, url: `/api/v1${path}`, ...(payload ? { payload } : {}) });
const removed = async () => (await send('GET', `/register/removed?community=${community}`)).json();
const fileOf = async (id: string) => (await send('GET', `/households/${id}`)).json();
const peopleOf = async (id: string) =>
  ((await fileOf(id)).people as { id: string; role: string }[]).map((one) => [one.role, one.id]);
const dayOf = (id: string) =>
  api.db
    .selectFrom('pact_day')
    .select(['verdict', 'reason', 'closed_as'])
    .where('household_id', '=', id)
    .where('on_date', '=', '2026-11-24')
    .executeTakeFirst();

beforeAll(async () => {
  api = await startApiUnderTest('2026-11-24T06:10:00+08:00');
  seed = await seedCommunity(api.db);
  community = seed.communityId;
  home = await seed.addHome({ code: '07' });
  await openDays(api.db, api.clock.now());
});
afterAll(() => api?.stop());

test('a home that was taken out comes back with its elders, its people in their order, its sensor and its morning', async () => {
  const backups: string[] = [];
  for (const name of ['丙', '甲', '乙']) {
    const phone = `138 0000 000${backups.length}`;
    backups.push((await send('POST', '/stewards', { communityId: community, name, phone })).json().id);
  }
  await send('PUT', `/households/${home.id}/people`, { backup: [backups[2], backups[0], backups[1]] });
  const before = await fileOf(home.id);
  expect(before.sensors).toHaveLength(1);
  expect(await dayOf(home.id)).toMatchObject({ verdict: 'awaiting' });

  expect((await send('DELETE', `/households/${home.id}`)).statusCode).toBe(204);
  expect(await dayOf(home.id)).toMatchObject({ verdict: 'excused', reason: 'not_in_force' });
  expect((await removed()).homes).toMatchObject([{ id: home.id, code: '07', removedBy: expect.any(String) }]);

  const answer = await send('POST', `/households/${home.id}/restore`);
  expect([answer.statusCode, answer.json().left]).toEqual([200, 0]);
  const after = await fileOf(home.id);
  expect(after.people).toEqual(before.people);
  expect(after.residents).toEqual(before.residents);
  expect(after.sensors.map(({ id }: { id: string }) => id)).toEqual([home.sensorId]);
  await refreshStaleDays(api.db, api.clock.now(), 100);
  expect(await dayOf(home.id)).toEqual({ verdict: 'awaiting', reason: null, closed_as: null });
  expect((await removed()).homes).toEqual([]);

  const { items } = (await send('GET', `/households/${home.id}/history`)).json();
  expect(items.some((one: { after: object }) => 'removed_at' in one.after)).toBe(true);
  const twice = await send('POST', `/households/${home.id}/restore`);
  expect([twice.statusCode, twice.json().error.details.reason]).toEqual([409, 'not_removed']);
});

test('a sensor that went to another home since stays there', async () => {
  const other = await seed.addHome({ code: '08' });
  const taken = await seed.addHome({ code: '09' });
  await send('DELETE', `/households/${taken.id}`);
  await send('PATCH', `/sensors/${taken.sensorId}`, { householdId: other.id });
  const answer = await send('POST', `/households/${taken.id}/restore`);
  expect(answer.json().left).toBe(1);
  expect((await fileOf(taken.id)).sensors).toEqual([]);
  expect((await fileOf(other.id)).sensors).toHaveLength(2);
});

test('a steward who was taken out comes back to their homes, but not in the place of whoever is first there now', async () => {
  const stands = await seed.addHome({ code: '11' });
  const taken = await seed.addHome({ code: '12' });
  const draft = { communityId: community, name: '赵红梅', phone: '139 1111 0001', code: 'G7' };
  const { id } = (await send('POST', '/stewards', draft)).json();
  for (const one of [stands, taken]) await send('PUT', `/households/${one.id}/people`, { primary: [id] });
  await send('DELETE', `/stewards/${id}`);
  expect((await removed()).people).toMatchObject([{ id, name: '赵红梅' }]);
  const { id: next } = (
    await send('POST', '/stewards', { communityId: community, name: '钱', phone: '139 1111 0002' })
  ).json();
  await send('PUT', `/households/${taken.id}/people`, { primary: [next] });

  const answer = await send('POST', `/stewards/${id}/restore`);
  expect(answer.json()).toEqual({ restored: 1, left: 1 });
  expect(await peopleOf(stands.id)).toContainEqual(['primary', id]);
  expect(await peopleOf(taken.id)).toContainEqual(['primary', next]);
  expect((await send('GET', `/stewards/${id}`)).json()).toMatchObject({ code: 'G7', households: 1 });
});

test('a resident comes back to the home', async () => {
  const draft = { householdId: home.id, name: '王桂兰' };
  const { id } = (await send('POST', '/residents', draft)).json();
  await send('DELETE', `/residents/${id}`);
  expect((await removed()).residents).toMatchObject([{ id, name: '王桂兰', code: '07' }]);
  expect((await send('POST', `/residents/${id}/restore`)).statusCode).toBe(200);
  expect((await fileOf(home.id)).residents.map((one: { id: string }) => one.id)).toContain(id);
});

test('what nobody took out cannot come back', async () => {
  for (const path of ['households', 'residents', 'stewards']) {
    expect((await send('POST', `/${path}/${randomUUID()}/restore`)).statusCode).toBe(409);
  }
});
