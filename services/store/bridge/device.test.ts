import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeviceFormat, SourceFormat } from '#contracts/bridge/formats.ts';
import { BRIDGE_CHANNEL } from '../change-feed.ts';
import { type Listener, listen } from '../listen.ts';
import type { Saved } from '../register/refusal.ts';
import { changeSensor, findSensor, retireSensor } from '../register/sensor.ts';
import { readCurtainNews, settlePolarity } from '../sensor/polarity.ts';
import { type Seed, type SeededHome, seedCommunity } from '../testing/seed.ts';
import { openTestDb, type TestDb } from '../testing/test-db.ts';
import { changeDevice, findDevice, listDevices } from './device.ts';
import { loadBridgeSettings } from './load-settings.ts';
import { noteSightings } from './note.ts';
import { addMakersSensor, pairDevice, unpairDevice } from './pair-device.ts';
import type { Sighting } from './setting.ts';
import { changeSource, createSource, removeSource, restoreSource } from './source.ts';
import { addSource, sightingOf } from './testing/sightings.ts';

const KEY = Buffer.alloc(32, 7);
const BY = { kind: 'account', id: randomUUID() };
const NOW = Temporal.Instant.from('2026-11-26T08:00:00Z');
const AT = '2026-11-26T07:59:00Z';
let opened: TestDb;
let community: Seed;
let home: SeededHome;
let told: string[];
let listener: Listener;
beforeAll(async () => {
  opened = await openTestDb();
  community = await seedCommunity(opened.db);
  home = await community.addHome({ sensor: false });
  told = [];
  const listening = Promise.withResolvers<void>();
  listener = listen({
    ...{ connectionString: opened.url, channel: BRIDGE_CHANNEL, onError: listening.reject },
    onNotice: (payload) => told.push(payload),
    onGap: listening.resolve,
  });
  await listening.promise;
});
beforeEach(() => {
  told.length = 0;
});
afterAll(async () => {
  await listener?.stop();
  await opened?.close();
});

const savedOf = <T>(result: Saved<T>): T => {
  if (!result.ok) throw new Error(result.reason);
  return result.value;
};
const heard = () => vi.waitFor(() => expect(told.length).toBeGreaterThan(0));

/** A device that has just spoken for the first time. */
async function sight(format: SourceFormat, guess: DeviceFormat | null, more: Partial<Sighting> = {}) {
  const sourceId = await addSource(opened.db, community.communityId, randomUUID().slice(0, 8), format);
  await noteSightings(opened.db, [sightingOf(sourceId, 'A1B2', AT, { guess, ...more })], NOW);
  const { items } = await listDevices(opened.db, { sourceId, limit: 10, offset: 0 });
  return {
    sourceId,
    id: items[0]!.id,
    see: (sighting: Partial<Sighting>, at = AT) =>
      noteSightings(opened.db, [sightingOf(sourceId, 'A1B2', at, sighting)], NOW),
  };
}
const pair = (id: string, more: object = {}) =>
  pairDevice(opened.db, KEY, id, { householdId: home.id, ...more }, BY, NOW);
const settingOf = async (id: string) =>
  (await loadBridgeSettings(opened.db, KEY)).devices.find((device) => device.id === id);

describe('pairing a device with a home', () => {
  it('makes a sensor that goes by the gateway and may be silent as long as its kind can do no better', async () => {
    const { id, sourceId } = await sight('zigbee2mqtt', 'as_told');
    const device = savedOf(await pair(id));
    expect(device).toMatchObject({
      format: 'as_told',
      householdId: home.id,
      code: home.code,
      polarity: 'told',
    });
    const source = await opened.db
      .selectFrom('source')
      .select('name')
      .where('id', '=', sourceId)
      .executeTakeFirstOrThrow();
    expect(await findSensor(opened.db, device.sensorId!)).toMatchObject({
      ...{ householdId: home.id, kind: 'contact', silenceMinutes: 1_500, gateway: source.name },
    });
    await heard();
    expect(await settingOf(id)).toMatchObject({ sensorId: device.sensorId, polarityKnown: true });
  });

  it('takes it for a position where it has told of nothing else', async () => {
    const reading = { contact: null, position: 40, battery: null };
    const { id } = await sight('zigbee2mqtt', 'as_told', { reading });
    const { sensorId } = savedOf(await pair(id));
    expect(await findSensor(opened.db, sensorId!)).toMatchObject({ kind: 'position' });
  });

  it('turns one round from the first that has told Home Assistant the opposite, until a test says otherwise', async () => {
    const { id } = await sight('esphome', 'as_told', { direction: 'opposite' });
    const { sensorId } = savedOf(await pair(id));
    expect(await findSensor(opened.db, sensorId!)).toMatchObject({ reversed: true, polarityTestedAt: null });
    const agreeing = await sight('esphome', 'as_told', { direction: 'agrees' });
    const other = savedOf(await pair(agreeing.id));
    expect(await findSensor(opened.db, other.sensorId!)).toMatchObject({ reversed: false });
  });

  it('hears of a LoRaWAN contact that beats often when it has been silent for an hour and a half', async () => {
    const { id } = await sight('chirpstack', 'elsys');
    const { sensorId } = savedOf(await pair(id));
    expect(await findSensor(opened.db, sensorId!)).toMatchObject({ silenceMinutes: 90 });
  });

  it('asks how a device is to be read that looks like nothing known, and takes no home of another community', async () => {
    const { id } = await sight('chirpstack', null);
    expect(await pair(id)).toEqual({ ok: false, reason: 'format_needed' });
    expect(await pair(id, { format: 'codec' })).toEqual({ ok: false, reason: 'codec_needed' });
    const foreign = await (await seedCommunity(opened.db)).addHome();
    expect(await pair(id, { householdId: foreign.id, format: 'elsys' })).toMatchObject({
      reason: 'not_found',
    });
    expect(await pair(id, { format: 'elsys' })).toMatchObject({ ok: true });
  });

  it('takes the sensor along to another home, whose mounting nobody has tested', async () => {
    const { id } = await sight('chirpstack', 'netvox_r311a');
    const { sensorId } = savedOf(await pair(id));
    await opened.db
      .updateTable('sensor')
      .set({ reversed: true, polarity_tested_at: new Date() })
      .where('id', '=', sensorId)
      .execute();
    expect(await settingOf(id)).toMatchObject({ polarityKnown: true });
    const other = await community.addHome({ sensor: false });
    expect(savedOf(await pair(id, { householdId: other.id }))).toMatchObject({
      ...{ sensorId, householdId: other.id, polarity: 'untested' },
    });
    expect(await findSensor(opened.db, sensorId!)).toMatchObject({ reversed: false, polarityTestedAt: null });
    expect(await settingOf(id)).toMatchObject({ polarityKnown: false });
  });

  it('ends with the sensor: unpaired, or retired on its own card', async () => {
    const { id } = await sight('zigbee2mqtt', 'as_told');
    const first = savedOf(await pair(id)).sensorId!;
    expect(savedOf(await unpairDevice(opened.db, id, BY, NOW))).toMatchObject({
      sensorId: null,
      householdId: null,
    });
    expect(await findSensor(opened.db, first)).toMatchObject({
      retiredAt: NOW.toString({ fractionalSecondDigits: 3 }),
    });
    expect(await unpairDevice(opened.db, id, BY, NOW)).toEqual({ ok: false, reason: 'not_paired' });
    const second = savedOf(await pair(id)).sensorId!;
    expect(second).not.toBe(first);
    told.length = 0;
    await retireSensor(opened.db, second, BY, NOW);
    await heard();
    expect(await settingOf(id)).toMatchObject({ sensorId: null });
    const entries = await opened.db
      .selectFrom('audit_entry')
      .select(['action', 'household_id', 'community_id'])
      .where('subject_id', '=', id)
      .orderBy('id')
      .execute();
    const whose = { household_id: home.id, community_id: community.communityId };
    expect(entries).toEqual(
      ['device.pair', 'device.unpair', 'device.pair'].map((action) => ({ action, ...whose })),
    );
  });

  it('is begun with the sensor where the device is to sign in at our own broker', async () => {
    const sourceId = await addSource(opened.db, community.communityId, '自带固件', 'maker_at_broker');
    const make = (householdId: string) => addMakersSensor(opened.db, KEY, sourceId, { householdId }, BY, NOW);
    const { id: sensorId, secret } = savedOf(await make(home.id));
    expect(secret).not.toBe('');
    await heard();
    const [device] = (await listDevices(opened.db, { sourceId, limit: 10, offset: 0 })).items;
    expect(device).toMatchObject({ address: sensorId, sensorId, householdId: home.id, format: 'as_told' });
    expect(await settingOf(device!.id)).toMatchObject({ sensorId, polarityKnown: false });
    await noteSightings(opened.db, [sightingOf(sourceId, sensorId, AT)], NOW);
    expect(await findDevice(opened.db, device!.id)).toMatchObject({ messages: 1 });
    expect(await make((await (await seedCommunity(opened.db)).addHome()).id)).toMatchObject({
      reason: 'not_found',
    });
    // Its secret ends with the sensor: it cannot come back under another.
    savedOf(await unpairDevice(opened.db, device!.id, BY, NOW));
    expect(await pair(device!.id)).toMatchObject({ reason: 'retired' });
  });
});

describe('a device whose values nobody has told apart', () => {
  const press =
    (see: (sighting: Partial<Sighting>, at?: string) => Promise<void>) =>
    async (contact: 'open' | 'closed', at: string, more: Partial<Sighting> = {}) =>
      see({ became: 'heartbeat', reading: { contact, position: null, battery: null }, ...more }, at);

  it('is tested by what the bridge read of it, raw, and from then on its openings count', async () => {
    const { id, see } = await sight('chirpstack', 'netvox_r311a');
    const { sensorId } = savedOf(await pair(id));
    expect(await settingOf(id)).toMatchObject({ polarityKnown: false });
    const { upto } = await readCurtainNews(opened.db, sensorId!, undefined);
    const say = press(see);
    await say('closed', '2026-11-26T07:59:10Z');
    await say('closed', '2026-11-26T07:59:11Z', { retained: true });
    await say('open', '2026-11-26T07:59:12Z', { refusal: 'wrong_port' });
    await say('open', '2026-11-26T07:59:13Z', { became: 'duplicate' });
    await say('open', '2026-11-26T07:59:14Z', { networkAt: Date.parse('2026-11-26T07:30:00Z') });
    const open = await readCurtainNews(opened.db, sensorId!, upto);
    expect(open.items).toMatchObject([{ type: 'closed', position: null }]);
    await say('open', '2026-11-26T07:59:40Z');
    const closed = await readCurtainNews(opened.db, sensorId!, open.upto);
    expect(closed.items).toMatchObject([{ type: 'opened' }]);
    told.length = 0;
    const test = { openEventId: open.items[0]!.id, closedEventId: closed.items[0]!.id };
    expect(await settlePolarity(opened.db, sensorId!, test, BY, NOW)).toEqual({
      ok: true,
      value: { result: 'reversed', reversed: true },
    });
    await heard();
    expect(await settingOf(id)).toMatchObject({ polarityKnown: true });
    expect(await findDevice(opened.db, id)).toMatchObject({ polarity: 'tested' });
    // From now on the sensor's own events are asked.
    expect(await readCurtainNews(opened.db, sensorId!, undefined)).toEqual({ upto: 0, items: [] });
    expect(await settlePolarity(opened.db, sensorId!, test, BY, NOW)).toMatchObject({
      reason: 'test_outdated',
    });
  });

  it.each([
    ['tasmota', 'as_told', 'untested'],
    ['zigbee2mqtt', 'as_told', 'told'],
    ['shelly', 'as_told', 'told'],
    ['chirpstack', 'milesight_ws301', 'told'],
    ['chirpstack', 'elsys', 'untested'],
  ] as const)('is one of %s read %s: %s', async (source, format, polarity) => {
    const { id } = await sight(source, format);
    expect(savedOf(await pair(id, { format }))).toMatchObject({ polarity });
    expect(await settingOf(id)).toMatchObject({ polarityKnown: polarity === 'told' });
  });

  it('is a switch of Tasmota’s, whose ON is a setting, until somebody has tried it', async () => {
    const { id, see } = await sight('tasmota', 'as_told');
    const { sensorId } = savedOf(await pair(id));
    const { upto } = await readCurtainNews(opened.db, sensorId!, undefined);
    const say = press(see);
    await say('closed', '2026-11-26T07:59:10Z');
    await say('open', '2026-11-26T07:59:20Z');
    const { items } = await readCurtainNews(opened.db, sensorId!, upto);
    const [closed, open] = items.map((item) => item.id);
    const test = { openEventId: open!, closedEventId: closed! };
    expect(savedOf(await settlePolarity(opened.db, sensorId!, test, BY, NOW))).toMatchObject({
      reversed: true,
    });
    expect(await settingOf(id)).toMatchObject({ polarityKnown: true });
    expect(await findDevice(opened.db, id)).toMatchObject({ polarity: 'tested' });
  });

  it('is right as it is where it says so, and unclear where it says the same twice', async () => {
    const { id, see } = await sight('chirpstack', 'netvox_r718f');
    const { sensorId } = savedOf(await pair(id));
    const { upto } = await readCurtainNews(opened.db, sensorId!, undefined);
    const say = press(see);
    await say('open', '2026-11-26T07:59:10Z');
    await say('open', '2026-11-26T07:59:20Z');
    await say('closed', '2026-11-26T07:59:30Z');
    const { items } = await readCurtainNews(opened.db, sensorId!, upto);
    const [closed, again, open] = items.map((item) => item.id);
    const settle = (openEventId: number, closedEventId: number) =>
      settlePolarity(opened.db, sensorId!, { openEventId, closedEventId }, BY, NOW);
    expect(await settle(open!, again!)).toMatchObject({ reason: 'polarity_unclear' });
    expect(await settle(closed!, open!)).toMatchObject({ reason: 'test_outdated' });
    expect(savedOf(await settle(open!, closed!))).toEqual({ result: 'right', reversed: false });
  });

  it('must be tested again once it is read as something else, or moved on its sensor’s card', async () => {
    const { id } = await sight('chirpstack', 'netvox_r311a');
    const { sensorId } = savedOf(await pair(id));
    const test = () =>
      opened.db
        .updateTable('sensor')
        .set({ polarity_tested_at: new Date() })
        .where('id', '=', sensorId)
        .execute();
    await test();
    expect(savedOf(await changeDevice(opened.db, id, { format: 'netvox_r718f' }, BY, NOW))).toMatchObject({
      polarity: 'untested',
    });
    await test();
    expect(savedOf(await pair(id, { format: 'netvox_r311a' }))).toMatchObject({ polarity: 'untested' });
    await test();
    const other = await community.addHome({ sensor: false });
    told.length = 0;
    await changeSensor(opened.db, sensorId!, { householdId: other.id }, BY, NOW);
    await heard();
    expect(await settingOf(id)).toMatchObject({ polarityKnown: false, sensorId });
  });
});

describe('what is said of a device', () => {
  it('is kept, and told to the bridge', async () => {
    const { id } = await sight('chirpstack', 'elsys');
    const patch = { debounceMs: 2_000, openPercent: 80, closedPercent: 10, motorCounts: true };
    expect(savedOf(await changeDevice(opened.db, id, patch, BY, NOW))).toMatchObject(patch);
    await heard();
    expect(await settingOf(id)).toMatchObject({ ...patch, format: null, codecId: null });
    const crossed = await changeDevice(opened.db, id, { openPercent: 10 }, BY, NOW);
    expect(crossed).toEqual({ ok: false, reason: 'percents_crossed' });
  });

  it('names a codec of its community, and none once another format is chosen', async () => {
    const { id } = await sight('chirpstack', null);
    const addCodec = async (communityId: string) => {
      const codecId = randomUUID();
      await opened.db
        .insertInto('codec' as never)
        .values({
          id: codecId,
          community_id: communityId,
          name: codecId.slice(0, 8),
          code: '',
          sha256: '',
          mapping: '{}',
          created_at: new Date(),
        } as never)
        .execute();
      return codecId;
    };
    const own = await addCodec(community.communityId);
    const foreign = await addCodec((await seedCommunity(opened.db)).communityId);
    const choose = (patch: object) => changeDevice(opened.db, id, patch, BY, NOW);
    expect(await choose({ format: 'codec' })).toMatchObject({ reason: 'codec_needed' });
    expect(await choose({ format: 'codec', codecId: foreign })).toMatchObject({ reason: 'unknown_codec' });
    expect(savedOf(await choose({ format: 'codec', codecId: own }))).toMatchObject({ codecId: own });
    expect(savedOf(await choose({ format: 'elsys' }))).toMatchObject({ format: 'elsys', codecId: null });
    expect((await loadBridgeSettings(opened.db, KEY)).codecs.map((codec) => codec.id)).toContain(own);
  });

  it('may be that it is of no interest, which is taken back, also by pairing it', async () => {
    const { id, sourceId } = await sight('zigbee2mqtt', 'as_told');
    await noteSightings(opened.db, [sightingOf(sourceId, 'C3', AT)], NOW);
    savedOf(await changeDevice(opened.db, id, { ignored: true }, BY, NOW));
    expect(await settingOf(id)).toBeUndefined();
    const { items } = await listDevices(opened.db, { sourceId, limit: 10, offset: 0 });
    expect(items.map(({ address }) => address)).toEqual(['C3', 'A1B2']);
    expect(savedOf(await changeDevice(opened.db, id, { ignored: false }, BY, NOW))).toMatchObject({
      ignoredAt: null,
    });
    savedOf(await changeDevice(opened.db, id, { ignored: true }, BY, NOW));
    expect(savedOf(await pair(id))).toMatchObject({ ignoredAt: null });
  });
});

describe('a source', () => {
  const draft = (name: string, more: object = {}) => ({
    ...{ communityId: community.communityId, name, format: 'zigbee2mqtt' as const, url: 'mqtt://hub.local' },
    ...more,
  });
  const create = (name: string, more: object = {}) =>
    createSource(opened.db, KEY, draft(name, more), BY, NOW);
  const loaded = async (id: string) =>
    (await loadBridgeSettings(opened.db, KEY)).sources.find((source) => source.id === id);

  it('hands its secret to the bridge alone', async () => {
    const { id, secret } = savedOf(
      await create('二号楼', { username: 'pact', secret: 'hunter2', topics: ['z/#'] }),
    );
    expect(secret).toBeNull();
    await heard();
    expect(await loaded(id)).toMatchObject({
      secret: 'hunter2',
      username: 'pact',
      topics: ['z/#'],
      kind: 'mqtt',
    });
    const { rows } = await opened.db
      .selectFrom('source')
      .selectAll()
      .where('id', '=', id)
      .execute()
      .then((rows) => ({ rows }));
    expect(JSON.stringify(rows)).not.toContain('hunter2');
    expect(rows[0]!.secret!.includes('hunter2')).toBe(false);
  });

  it('never sends a kept password to another host', async () => {
    const { id } = savedOf(await create('三号楼', { secret: 'hunter2' }));
    const change = (patch: object) => changeSource(opened.db, KEY, id, patch, BY, NOW);
    expect(await change({ url: 'mqtt://evil.example' })).toMatchObject({ reason: 'secret_needed' });
    expect(await change({ url: 'mqtts://hub.local' })).toMatchObject({ ok: true });
    expect(await change({ url: 'mqtt://new.local', secret: 'other' })).toMatchObject({ ok: true });
    expect(await loaded(id)).toMatchObject({ url: 'mqtt://new.local', secret: 'other' });
  });

  it('has an address where it is a broker, a secret of ours where it pushes, and a name of its own', async () => {
    expect(await create('四号楼', { url: undefined })).toMatchObject({ reason: 'url_needed' });
    const push = { format: 'ctwing' as const, url: 'mqtt://hub.local' };
    const { id, secret } = savedOf(await create('电信', push));
    expect(secret).toMatch(/^[0-9a-f]{32}$/);
    expect(await loaded(id)).toMatchObject({ secret, url: null, kind: 'push' });
    expect(await create('电信')).toMatchObject({ reason: 'name_taken' });
  });

  it('is turned off and on, and removed and brought back with its devices', async () => {
    const { sourceId, id } = await sight('zigbee2mqtt', 'as_told');
    savedOf(await pair(id));
    const change = (enabled: boolean) => changeSource(opened.db, KEY, sourceId, { enabled }, BY, NOW);
    savedOf(await change(false));
    expect([await loaded(sourceId), await settingOf(id)]).toEqual([undefined, undefined]);
    savedOf(await change(true));
    expect(await loaded(sourceId)).toBeDefined();
    savedOf(await removeSource(opened.db, sourceId, BY, NOW));
    expect(await loaded(sourceId)).toBeUndefined();
    expect(await findDevice(opened.db, id)).toBeUndefined();
    expect(savedOf(await restoreSource(opened.db, sourceId, BY, NOW))).toMatchObject({
      paired: 1,
      unknown: 0,
    });
    expect(await findDevice(opened.db, id)).toMatchObject({ householdId: home.id });
    expect(await restoreSource(opened.db, sourceId, BY, NOW)).toMatchObject({ reason: 'not_removed' });
  });

  it('gives its new name to its sensors as their gateway', async () => {
    const { sourceId, id } = await sight('zigbee2mqtt', 'as_told');
    const { sensorId } = savedOf(await pair(id));
    savedOf(await changeSource(opened.db, KEY, sourceId, { name: '五号楼网关' }, BY, NOW));
    expect(await findSensor(opened.db, sensorId!)).toMatchObject({ gateway: '五号楼网关' });
  });
});
