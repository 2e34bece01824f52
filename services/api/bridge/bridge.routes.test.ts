import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Push } from '#contracts/bridge/push.ts';
import { noteSightings } from '#store/bridge/note.ts';
import { sightingOf } from '#store/bridge/testing/sightings.ts';
import { type Seed, seedCommunity } from '#store/testing/seed.ts';
import { type ApiUnderTest, asProgram, NOBODY, startApiUnderTest } from '../testing/api-under-test.ts';

const NOW = '2026-11-26T08:00:00Z';
let api: ApiUnderTest;
let community: Seed;
const pushes: { sourceId: string; push: Push }[] = [];
beforeAll(async () => {
  api = await startApiUnderTest(
    NOW,
    { publicUrl: 'http://pact.example' },
    {
      takePush: async (sourceId, push) => {
        pushes.push({ sourceId, push });
        return push.query.msg ? { status: 200, body: push.query.msg } : { status: 202, body: '' };
      },
    },
  );
  community = await seedCommunity(api.db);
});
afterAll(() => api?.stop());

const send = async (
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  payload?: object,
  as?: Record<string, string>,
) => {
  const answer = await api.request({
    ...{ method, url: `/api/v1${path}` },
    ...(payload ? { payload } : {}),
    ...(as ? { as } : {}),
  });
  return { status: answer.statusCode, ...(answer.body ? answer.json() : {}) };
};
const addSource = (more: object = {}) =>
  send('POST', '/sources', {
    ...{ communityId: community.communityId, name: randomUUID().slice(0, 8), format: 'zigbee2mqtt' },
    ...{ url: 'mqtt://broker.example.com', username: 'pact', secret: 'hunter2-secret' },
    ...more,
  });

describe('a source', () => {
  it('is added, listed with how it stands, and never says its password', async () => {
    const made = await addSource({ topics: ['zigbee2mqtt/#'] });
    expect(made).toMatchObject({
      status: 201,
      hasSecret: true,
      secret: null,
      kind: 'mqtt',
      isInTheOpen: true,
    });
    const one = await send('GET', `/sources/${made.id}`);
    expect(one).toMatchObject({ state: 'waiting', paired: 0, unknown: 0, refused: 0, pushUrl: null });
    const list = await send('GET', `/sources?community=${community.communityId}`);
    expect(list.items).toContainEqual(expect.objectContaining({ id: made.id, username: 'pact' }));
    const changed = await send('PATCH', `/sources/${made.id}`, {
      url: 'mqtts://broker.example.com',
      enabled: false,
    });
    expect(changed).toMatchObject({ status: 200, isInTheOpen: false, enabled: false, hasSecret: true });
    for (const answer of [made, one, list, changed]) expect(JSON.stringify(answer)).not.toContain('hunter2');
    expect(api.logs.join('\n')).not.toContain('hunter2');
  });

  it.each([
    'http://broker.example.com',
    'mqtt://pact:hunter2@broker.example.com',
    'file:///etc/passwd',
    'mqtt://broker.example.com?x=1',
  ])('is not fetched from %s', async (url) => {
    expect(await addSource({ url })).toMatchObject({ status: 400, error: { code: 'BAD_REQUEST' } });
  });

  it('subscribes to no whole broker, and its name fits where gateways are told', async () => {
    expect(await addSource({ topics: ['#'] })).toMatchObject({ status: 400 });
    expect(await addSource({ name: '很长'.repeat(20) })).toMatchObject({ status: 400 });
  });

  it('that pushes shows its secret once and says where to push', async () => {
    const made = await addSource({
      format: 'ctwing',
      url: undefined,
      secret: undefined,
      username: undefined,
    });
    expect(made).toMatchObject({ status: 201, pushUrl: `http://pact.example/api/v1/push/${made.id}` });
    expect(made.secret).toMatch(/^[0-9a-f]{32}$/);
    expect(await send('GET', `/sources/${made.id}`)).not.toHaveProperty('secret');
    const renewed = await send('POST', `/sources/${made.id}/secret`);
    expect(renewed.secret).toMatch(/^[0-9a-f]{32}$/);
    expect(renewed.secret).not.toBe(made.secret);
  });

  it('is removed and brought back, and nobody else’s office sees it', async () => {
    const made = await addSource();
    const foreign = await api.signInAs({ communityId: (await seedCommunity(api.db)).communityId });
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/restore'],
    ] as const) {
      expect(await send(method, `/sources/${made.id}${path}`, undefined, foreign)).toMatchObject({
        status: 404,
      });
    }
    expect(await send('DELETE', `/sources/${made.id}`)).toMatchObject({ status: 204 });
    expect(await send('GET', `/sources/${made.id}`)).toMatchObject({ status: 404 });
    expect(await send('POST', `/sources/${made.id}/restore`, undefined, foreign)).toMatchObject({
      status: 404,
    });
    expect(await send('POST', `/sources/${made.id}/restore`)).toMatchObject({ status: 200, id: made.id });
  });
});

describe('a device', () => {
  it('is listed with what it said, paired in one step, and taken back', async () => {
    const home = await community.addHome({ sensor: false });
    const source = await addSource();
    const seen = [
      sightingOf(source.id, '窗帘一', NOW, { guess: 'as_told' }),
      sightingOf(source.id, '窗帘一', NOW, { payload: Buffer.from([0xff, 0, 1]), refusal: 'not_utf8' }),
    ];
    await noteSightings(api.db, seen, api.clock.now());
    const { items, total } = await send('GET', `/devices?source=${source.id}`);
    expect(total).toBe(1);
    const [device] = items;
    expect(device).toMatchObject({ address: '窗帘一', messages: 2, refused: 1, sensorId: null });
    expect(device.last).toMatchObject({ payload: 'ff0001', isText: false, refusal: 'not_utf8' });
    const card = await send('GET', `/devices/${device.id}`);
    expect(card.reports).toMatchObject([
      { payload: 'ff0001' },
      { payload: '{"contact":true}', isText: true },
    ]);
    const program = await asProgram(api);
    const { reports } = await send('GET', `/devices/${device.id}`, undefined, program);
    expect(reports).toMatchObject([{ payload: null, topic: null, refusal: 'not_utf8' }, { payload: null }]);
    const paired = await send('POST', `/devices/${device.id}/pairing`, { householdId: home.id });
    expect(paired).toMatchObject({ status: 200, householdId: home.id, format: 'as_told' });
    expect(await send('GET', `/sensors/${paired.sensorId}`)).toMatchObject({ householdId: home.id });
    const foreign = await (await seedCommunity(api.db)).addHome();
    const other = await send('POST', `/devices/${device.id}/pairing`, { householdId: foreign.id });
    expect(other).toMatchObject({ status: 404 });
    expect(await send('DELETE', `/devices/${device.id}/pairing`)).toMatchObject({
      status: 200,
      sensorId: null,
    });
    const ignored = await send('PATCH', `/devices/${device.id}`, { ignored: true });
    expect(ignored).toMatchObject({ status: 200, ignoredAt: expect.any(String) });
    const crossed = await send('PATCH', `/devices/${device.id}`, { openPercent: 20, closedPercent: 20 });
    expect(crossed).toMatchObject({ status: 422, error: { details: { reason: 'percents_crossed' } } });
  });
});

describe('a push', () => {
  const sourceId = randomUUID();
  const push = (path: string, options: object = {}) =>
    api.request({ url: `/api/v1/push/${sourceId}${path}`, as: NOBODY, ...options });

  it('comes through byte by byte, whatever it says that it is, without anybody being signed in', async () => {
    const body = Buffer.from([0, 0xff, 0x7b]);
    const headers = { 'content-type': 'image/png', 'x-signature': 'abc' };
    const answer = await push('?x=1', { method: 'POST', payload: body, headers });
    expect(answer.statusCode).toBe(202);
    const taken = pushes.at(-1)!;
    expect(taken).toMatchObject({ sourceId, push: { method: 'POST', query: { x: '1' }, token: null } });
    expect(taken.push.headers['x-signature']).toBe('abc');
    expect(taken.push.body.equals(body)).toBe(true);
  });

  it('is answered as plain text, also where it only asks whether somebody is here', async () => {
    const answer = await push('/s3cret-t0ken?msg=%3Cb%3Ehello', { method: 'GET' });
    expect([answer.statusCode, answer.body]).toEqual([200, '<b>hello']);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(pushes.at(-1)!.push).toMatchObject({ method: 'GET', token: 's3cret-t0ken' });
    expect(pushes.at(-1)!.push.body).toHaveLength(0);
  });

  it('is no longer than 64 KB, and its token is in no log', async () => {
    const large = await push('/s3cret-t0ken', { method: 'POST', payload: Buffer.alloc(65 * 1024) });
    expect(large.statusCode).toBe(413);
    const wrong = await push('/s3cret-t0ken/more', { method: 'POST', payload: '{}' });
    expect(wrong.statusCode).toBe(404);
    expect(api.logs.join('\n')).toContain('/push/');
    expect(api.logs.join('\n')).not.toContain('s3cret');
  });

  it('is asked to come again where no bridge runs', async () => {
    const app = await startApiUnderTest(NOW);
    const answer = await app.request({
      method: 'POST',
      url: `/api/v1/push/${sourceId}`,
      payload: '{}',
      as: NOBODY,
    });
    expect([answer.statusCode, answer.json().error.code]).toEqual([503, 'BRIDGE_AWAY']);
    await app.stop();
  });
});
