import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Push } from '#contracts/bridge/push.ts';
import { createCtwing } from '#sim/networks/ctwing.ts';
import { createJsonHook } from '#sim/networks/json-hook.ts';
import { createOnenet } from '#sim/networks/onenet.ts';
import { createSeededRandom } from '#sim/seeded-random.ts';
import { type BridgeBed, openBridgeBed } from './testing/bridge-bed.ts';
import { tellingOf } from './testing/estate.ts';
import { openPushDoor, type PushDoor } from './testing/push-door.ts';

const SECRET = 'what-both-have-agreed';
const MAPPING = {
  address: { path: '/device/serial' },
  contact: { path: '/reading/door', open: ['open'], closed: ['shut'] },
  battery: { path: '/reading/battery', unit: 'percent' as const },
  at: { path: '/at', unit: 'rfc3339' as const },
  once: { path: '/id' },
};

/** Bytes without a port: what they mean only their maker knows. */
const CODEC = {
  code: `function decodeUplink({ bytes }) { return { data: { open: bytes[bytes.length - 1] === 1, level: bytes[2] } }; }`,
  mapping: {
    contact: { path: '/open', open: [true], closed: [false] },
    battery: { path: '/level', unit: 'percent' as const },
  },
};

let bed: BridgeBed;
let door: PushDoor;
const sources = { ctwing: '', onenet: '', json_hook: '' };
const sensors = { bytes: '', model: '', onenet: '', hook: '', kept: '' };
beforeAll(async () => {
  bed = await openBridgeBed();
  door = await openPushDoor(() => bed.bridge());
  for (const format of ['ctwing', 'onenet', 'json_hook'] as const) {
    const mapped = format === 'json_hook' ? { mapping: MAPPING } : {};
    sources[format] = await bed.addSource({ format, secret: SECRET, ...mapped });
  }
  const { ctwing, onenet, json_hook } = sources;
  sensors.bytes = await bed.addDevice({ sourceId: ctwing, address: 'bytes', format: 'codec', codec: CODEC });
  sensors.model = await bed.addDevice({ sourceId: ctwing, address: 'model' });
  sensors.kept = await bed.addDevice({ sourceId: ctwing, address: 'kept', format: 'codec', codec: CODEC });
  sensors.onenet = await bed.addDevice({ sourceId: onenet, address: '2016617' });
  sensors.hook = await bed.addDevice({ sourceId: json_hook, address: 'A-17' });
  await bed.startBridge();
  await vi.waitFor(() => expect(bed.bridge().status().linked).toBe(true), 10_000);
}, 60_000);
afterAll(async () => {
  door?.close();
  await bed?.stop();
});

const told = (sensorId: string) => tellingOf(bed, sensorId);
const MINUTE = 60_000;

test.each(['bytes', 'model'] as const)('CTWing: %s', async (kind) => {
  const platform = createCtwing({ url: door.urlOf(sources.ctwing, SECRET) });
  const device = platform.device({ deviceId: kind, imei: '862592051651472' }, kind);
  const opened = Date.now() - MINUTE;
  await device.close(Date.now() - 2 * MINUTE);
  await device.open(opened);
  // It was answered, but the answer was lost: the same again.
  await device.report(opened);
  await device.battery(Date.now(), 60);
  expect(platform.pushed.map(({ attempts, status }) => ({ attempts, status }))).toEqual(
    Array(4).fill({ attempts: 1, status: 200 }),
  );
  // Answered only when our broker has it.
  const { untilTold, openedAt } = told(sensors[kind]);
  expect(await bed.events(sensors[kind])).toHaveLength(2);
  expect(await untilTold(2)).toEqual(['snapshot closed', 'opened!']);
  expect(await openedAt()).toEqual([opened]);
});

test('OneNET: signed, challenged, one message or many', async () => {
  const platform = createOnenet({
    ...{ url: door.urlOf(sources.onenet), token: SECRET, random: createSeededRandom(1) },
  });
  expect(await platform.isAddressAccepted()).toBe(true);
  const device = platform.device(2_016_617);
  const [closed, opened] = [Date.now() - 9 * MINUTE, Date.now() - 5 * MINUTE];
  await device.close(closed);
  await device.open(opened);
  await device.battery(Date.now(), 60);
  await device.reportAll([opened, opened + MINUTE, opened + 2 * MINUTE]);
  expect(platform.pushed.every(({ status }) => status === 200)).toBe(true);
  expect(await told(sensors.onenet).untilTold(2)).toEqual(['snapshot closed', 'opened!']);
  expect(await told(sensors.onenet).openedAt()).toEqual([opened]);
});

test('a JSON hook by its mapping', async () => {
  const hook = createJsonHook({ url: door.urlOf(sources.json_hook), secret: SECRET });
  const device = hook.device('A-17');
  const opened = Date.now() - MINUTE;
  await device.close(Date.now() - 2 * MINUTE);
  await device.open(opened);
  await device.battery(Date.now(), 60);
  await device.close(Date.now());
  expect(hook.pushed.every(({ status }) => status === 200)).toBe(true);
  expect(await told(sensors.hook).untilTold(3)).toEqual(['snapshot closed', 'opened!', 'closed']);
  expect(await told(sensors.hook).openedAt()).toEqual([opened]);
});

test('who does not prove whom it comes from is refused, and nothing of it is taken', async () => {
  const before = await bed.events(sensors.hook);
  const strangers = [
    createCtwing({ url: door.urlOf(sources.ctwing, 'guessed') }),
    createCtwing({ url: door.urlOf(sources.ctwing) }),
    createCtwing({ url: door.urlOf('00000000-0000-4000-8000-000000000000', SECRET) }),
  ];
  for (const stranger of strangers) await stranger.device({ deviceId: 'bytes', imei: '1' }).close(Date.now());
  const forger = createOnenet({
    ...{ url: door.urlOf(sources.onenet), token: 'guessed', random: createSeededRandom(1) },
  });
  await forger.device(2_016_617).close(Date.now());
  const unsigned = createJsonHook({ url: door.urlOf(sources.json_hook), secret: 'guessed' });
  await unsigned.device('A-17').open(Date.now());
  const answers = [...strangers, forger, unsigned].flatMap(({ pushed }) =>
    pushed.map(({ status }) => status),
  );
  expect(answers).toEqual(Array(5).fill(403));
  const question: Push = {
    method: 'GET',
    query: { msg: 'word' },
    headers: {},
    body: Buffer.alloc(0),
    token: null,
  };
  for (const sourceId of [sources.ctwing, sources.json_hook])
    expect(await bed.bridge().takePush(sourceId, question)).toMatchObject({ status: 403 });
  expect(await bed.events(sensors.hook)).toEqual(before);
});

test('what cannot be kept is to come again, and what our broker cannot take is kept', async () => {
  const platform = createCtwing({ url: door.urlOf(sources.ctwing, SECRET) });
  const device = platform.device({ deviceId: 'kept', imei: '1' });
  const opened = Date.now() - MINUTE;
  await device.close(Date.now() - 2 * MINUTE);
  // Somebody holds the bridge's memory.
  const other = new DatabaseSync(join(bed.folder, 'bridge.sqlite'));
  other.exec('begin immediate');
  await device.open(opened);
  expect(platform.pushed.at(-1)).toMatchObject({ attempts: 4, status: 503 });
  other.exec('rollback');
  other.close();
  expect(await bed.events(sensors.kept)).toHaveLength(1);
  await bed.stopBroker();
  await vi.waitFor(() => expect(bed.bridge().status().linked).toBe(false));
  await device.report(opened);
  expect(platform.pushed.at(-1)).toMatchObject({ attempts: 1, status: 200 });
  await bed.startBroker();
  expect(await told(sensors.kept).untilTold(2)).toEqual(['snapshot closed', 'opened!']);
  expect(await told(sensors.kept).openedAt()).toEqual([opened]);
  await bed.stopBridge();
  const push = { method: 'POST' as const, query: {}, headers: {}, body: Buffer.from('{}'), token: SECRET };
  const bridge = await bed.startBridge();
  await bed.stopBridge();
  expect(await bridge.takePush(sources.ctwing, push)).toEqual({ status: 503, body: '' });
});
