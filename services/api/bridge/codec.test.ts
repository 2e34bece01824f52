import { createHash } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { noteCodecStop } from '#store/bridge/codec.ts';
import { loadBridgeSettings } from '#store/bridge/load-settings.ts';
import { noteSightings } from '#store/bridge/note.ts';
import { addSource, sightingOf } from '#store/bridge/testing/sightings.ts';
import { BRIDGE_CHANNEL } from '#store/change-feed.ts';
import { listen } from '#store/listen.ts';
import { seedCommunity } from '#store/testing/seed.ts';
import { type ApiUnderTest, startApiUnderTest } from '../testing/api-under-test.ts';

const CODE = `function decodeUplink(input) {
  return { data: { door: input.bytes[2] ? 'open' : 'closed', port: input.fPort } };
}`;
const MAPPING = { contact: { path: '/door', open: ['open'], closed: ['closed'] } };

let api: ApiUnderTest;
let community: string;
beforeAll(async () => {
  api = await startApiUnderTest('2026-11-24T14:00:00+08:00');
  community = (await seedCommunity(api.db)).communityId;
});
afterAll(() => api?.stop());

const post = (path: string, payload: object) =>
  api.request({ method: 'POST', url: `/api/v1${path}`, payload });
const keep = async (name: string, code = CODE) => {
  const answer = await post('/codecs', { communityId: community, name, code, mapping: MAPPING });
  expect(answer.statusCode).toBe(201);
  return answer.json();
};
const list = async () =>
  (await api.request({ url: `/api/v1/codecs?community=${community}` })).json().items as { name: string }[];
const remove = (id: string) => api.request({ method: 'DELETE', url: `/api/v1/codecs/${id}` });
const tryIt = async (more: object) => {
  const answer = await post('/codecs/try', { communityId: community, code: CODE, ...more });
  return { status: answer.statusCode, body: answer.json() };
};

describe('the codecs of a community', () => {
  it('are kept with their hash, listed without their code, and read one by one with it', async () => {
    const { id } = await keep('窗磁 WS301');
    const sha256 = createHash('sha256').update(CODE).digest('hex');
    expect(await list()).toMatchObject([
      { id, name: '窗磁 WS301', sha256, bytes: CODE.length, devices: 0, stoppedAt: null, stoppedCount: 0 },
    ]);
    expect((await list())[0]).not.toHaveProperty('code');
    const one = await api.request({ url: `/api/v1/codecs/${id}` });
    expect(one.json()).toMatchObject({ code: CODE, mapping: MAPPING });
    const { codecs } = await loadBridgeSettings(api.db, Buffer.alloc(32, 7));
    expect(codecs).toEqual([{ id, code: CODE, sha256, mapping: MAPPING }]);
  });

  it('are replaced by name: the devices of the former one are read by the new one, and the bridge hears of it', async () => {
    const heard: string[] = [];
    const listening = Promise.withResolvers<void>();
    const listener = listen({
      ...{ connectionString: api.databaseUrl, channel: BRIDGE_CHANNEL, onError: listening.reject },
      onNotice: (payload) => heard.push(payload),
      onGap: listening.resolve,
    });
    await listening.promise;
    const former = await keep('门磁');
    const sourceId = await addSource(api.db, community, '网关', 'chirpstack');
    await noteSightings(api.db, [sightingOf(sourceId, 'A1', '2026-11-24T06:00:00Z')], api.clock.now());
    await api.db.updateTable('device').set({ format: 'codec', codec_id: former.id }).execute();
    const next = await keep('门磁', `${CODE} // 2`);
    expect(next.id).not.toBe(former.id);
    expect(next.devices).toBe(1);
    expect((await list()).map(({ name }) => name)).toEqual(['窗磁 WS301', '门磁']);
    expect((await remove(former.id)).statusCode).toBe(404);

    const refused = await remove(next.id);
    expect(refused.statusCode).toBe(409);
    expect(refused.json().error.details.reason).toBe('codec_in_use');
    await api.db.updateTable('device').set({ format: null, codec_id: null }).execute();
    expect((await remove(next.id)).statusCode).toBe(204);
    expect((await list()).map(({ name }) => name)).toEqual(['窗磁 WS301']);
    await vi.waitFor(() => expect(heard).toHaveLength(3));
    await listener.stop();
    const log = await api.db
      .selectFrom('audit_entry')
      .select('action')
      .where('subject_kind', '=', 'codec')
      .where('subject_id', 'in', [former.id, next.id])
      .orderBy('id')
      .execute();
    expect(log.map(({ action }) => action)).toEqual(['codec.create', 'codec.create', 'codec.remove']);
  });

  it('say on their card that they had to be stopped, for what and how often', async () => {
    const { id } = await keep('坏程序');
    const at = Temporal.Instant.from('2026-11-24T07:00:00Z');
    await noteCodecStop(api.db, id, 'codec_too_big', at);
    await noteCodecStop(api.db, id, 'codec_too_slow', at.add({ seconds: 5 }));
    expect(await list()).toContainEqual(
      expect.objectContaining({
        ...{ id, stoppedCount: 2, stoppedFor: 'codec_too_slow', stoppedAt: '2026-11-24T07:00:05.000Z' },
      }),
    );
  });

  it('are no larger than what makers write, and say something', async () => {
    const body = { communityId: community, name: '大', mapping: MAPPING };
    expect((await post('/codecs', { ...body, code: 'x'.repeat(65_537) })).statusCode).toBe(400);
    expect((await post('/codecs', { ...body, code: ' \n' })).statusCode).toBe(400);
    expect((await post('/codecs', { ...body, code: CODE, mapping: { door: 1 } })).statusCode).toBe(400);
  });
});

describe('a codec that somebody tries', () => {
  it('answers its data, and with a mapping what we make of them', async () => {
    expect(await tryIt({ hex: '03 00 01', fPort: 85 })).toEqual({
      status: 200,
      body: { ok: true, data: { door: 'open', port: 85 }, reading: null, refusal: null, message: null },
    });
    for (const sample of [{ hex: '0x03, 0x00, 0x00' }, { hex: '03:00:00' }, { base64: 'AwAA' }]) {
      const { body } = await tryIt({ ...sample, mapping: MAPPING });
      expect(body).toMatchObject({ data: { door: 'closed' }, reading: { contact: 'closed', battery: null } });
    }
  });

  it('answers why there is nothing, in the codec’s own words', async () => {
    expect(
      (await tryIt({ hex: '030001', code: 'function decodeUplink(i) {\n return i.no.way; }' })).body,
    ).toMatchObject({
      ...{ ok: false, data: null, reading: null, refusal: 'codec_failed' },
      message: expect.stringContaining('codec.js:2'),
    });
    expect((await tryIt({ hex: '030001', code: 'for (;;);' })).body).toMatchObject({
      ...{ ok: false, refusal: 'codec_too_slow', message: null },
    });
    const elsewhere = { contact: { path: '/lid', open: [1], closed: [0] } };
    expect((await tryIt({ hex: '030001', mapping: elsewhere })).body).toMatchObject({
      ...{ ok: true, data: { door: 'open' }, reading: null, refusal: 'nothing_mapped' },
    });
  });

  it('wants one frame, whole', async () => {
    expect((await tryIt({})).status).toBe(400);
    expect((await tryIt({ hex: '030001', base64: 'AwAB' })).status).toBe(400);
    expect((await tryIt({ hex: '03000' })).status).toBe(400);
    expect((await tryIt({ hex: 'door' })).status).toBe(400);
  });
});
