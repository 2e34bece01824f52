import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Seed, seedCommunity } from '#store/testing/seed.ts';
import { type ApiUnderTest, startApiUnderTest } from '../testing/api-under-test.ts';

let api: ApiUnderTest;
let seed: Seed;
let community: string;

const send = (method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, payload?: object) =>
  api.request({ method, url: `/api/v1${path}`, ...(payload ? { payload } : {}) });
const gridsOf = async () =>
  (await send('GET', `/grids?community=${community}`)).json().items as {
    id: string;
    name: string;
    homes: number;
  }[];
const gatewaysOf = async () =>
  ((await send('GET', `/gateways?community=${community}`)).json().items as { gateway: string | null }[]).map(
    ({ gateway }) => gateway,
  );

beforeAll(async () => {
  api = await startApiUnderTest('2026-11-24T02:10:00+08:00');
  seed = await seedCommunity(api.db);
  community = seed.communityId;
  await seed.addHome({ code: '07' });
  await seed.addHome({ code: '08' });
});
afterAll(() => api?.stop());

test('a grid is added, renamed, and removed while no home is in it', async () => {
  const [lived] = await gridsOf();
  expect(lived).toMatchObject({ homes: 2, removedHomes: 0 });
  const made = await send('POST', '/grids', { communityId: community, name: '新网格' });
  expect(made.statusCode).toBe(201);
  const { id } = made.json();
  const twice = await send('POST', '/grids', { communityId: community, name: '新网格' });
  expect(twice.json().error.details.reason).toBe('name_taken');
  const renamed = await send('PATCH', `/grids/${id}`, { name: '五格' });
  expect(renamed.json()).toMatchObject({ name: '五格', homes: 0 });
  const refused = await send('DELETE', `/grids/${lived?.id}`);
  expect([refused.statusCode, refused.json().error.details.reason]).toEqual([409, 'grid_in_use']);
  expect((await send('DELETE', `/grids/${id}`)).statusCode).toBe(204);
  expect(await gridsOf()).toEqual([lived]);
});

test('a grid that only a removed home was in stays, so that the home can come back to it', async () => {
  const draft = {
    communityId: community,
    grid: '旧网格',
    code: '31',
    salutation: '孙奶奶',
    building: '3',
    room: '301',
  };
  const { id } = (await send('POST', '/households', draft)).json();
  await send('DELETE', `/households/${id}`);
  const grid = (await gridsOf()).find(({ name }) => name === '旧网格');
  expect(grid).toMatchObject({ homes: 0, removedHomes: 1 });
  const refused = await send('DELETE', `/grids/${grid?.id}`);
  expect(refused.json().error.details.reason).toBe('grid_in_use');
});

test('the canary moves on from a grid that is removed', async () => {
  const { id } = (await send('POST', '/grids', { communityId: community, name: '哨兵网格' })).json();
  await api.db
    .updateTable('household')
    .set({ grid_id: id, is_canary: true, removed_at: null })
    .where('code', '=', '31')
    .execute();
  expect((await send('DELETE', `/grids/${id}`)).statusCode).toBe(204);
  const canary = await api.db
    .selectFrom('household')
    .select('grid_id')
    .where('is_canary', '=', true)
    .executeTakeFirstOrThrow();
  expect(canary.grid_id).not.toBe(id);
});

test('a gateway is named with its sensors, renamed, and left by those not named any more', async () => {
  const items = (await send('GET', `/gateways?community=${community}`)).json().items as { id: string }[];
  const [first, second] = items.map(({ id }) => id) as [string, string];
  await send('PUT', '/gateways', { communityId: community, name: '3栋', sensorIds: [first, second] });
  expect(await gatewaysOf()).toEqual(['3栋', '3栋']);
  const draft = { communityId: community, name: '3栋弱电间', formerName: '3栋', sensorIds: [first] };
  expect((await send('PUT', '/gateways', draft)).statusCode).toBe(200);
  expect(await gatewaysOf()).toEqual(['3栋弱电间', null]);
  await send('PUT', '/gateways', { communityId: community, name: '5栋', sensorIds: [second] });
  const clash = { communityId: community, name: '5栋', formerName: '3栋弱电间', sensorIds: [first] };
  expect((await send('PUT', '/gateways', clash)).json().error.details.reason).toBe('name_taken');
});

test('everybody who may be called is listed, not the stewards alone', async () => {
  const answer = await send('GET', `/stewards?community=${community}&kind=all&limit=1000`);
  const kinds = new Set((answer.json().items as { kind: string }[]).map(({ kind }) => kind));
  expect(kinds).toEqual(new Set(['steward', 'neighbour', 'office']));
});

test('a community lies in a street of a district, or in neither', async () => {
  const half = await send('PATCH', `/communities/${community}`, { district: '解放区' });
  expect([half.statusCode, half.json().error.details.reason]).toEqual([422, 'place_incomplete']);
  const place = { district: '解放区', street: '焦东街道' };
  const placed = await send('PATCH', `/communities/${community}`, place);
  expect(placed.json()).toMatchObject(place);
  const moved = await send('PATCH', `/communities/${community}`, { street: '焦西街道' });
  expect(moved.json()).toMatchObject({ district: '解放区', street: '焦西街道' });
  const lost = await send('PATCH', `/communities/${community}`, { district: null, street: null });
  expect(lost.json()).toMatchObject({ district: null, street: null });
});
