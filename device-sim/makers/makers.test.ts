import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import mqtt, { type MqttClient } from 'mqtt';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { DECODERS } from '#bridge/decoders/registry.ts';
import { jsonHook } from '#bridge/formats/json-hook.ts';
import { READERS } from '#bridge/formats/registry.ts';
import { applyMapping } from '#bridge/mapping/apply-mapping.ts';
import type { Arrival, Reading, SourceReader } from '#bridge/model.ts';
import { type DeviceFormat, SOURCE_FORMATS } from '#contracts/bridge/formats.ts';
import { createManualClock } from '#platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '#platform/testing/postgres.ts';
import { loadBridgeSettings } from '#store/bridge/load-settings.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { enrolNeighbourhood } from '../enrol.ts';
import { inventNeighbourhood } from '../neighbourhood.ts';
import { type OperatorsBroker, startOperatorsBroker } from '../networks/operators-broker.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { inventStories } from '../stories.ts';
import { type Estate, openEstate } from './estate.ts';
import { createMakersDevice } from './makers-device.ts';
import { HOOK_MAPPING, MAKES, type Make } from './makes.ts';
import { prepareMakers } from './mixed-morning.ts';
import { planMakers } from './plan-makers.ts';

const SEVEN = Temporal.Instant.from('2026-11-23T23:00:00Z');
const hook = jsonHook(HOOK_MAPPING, applyMapping);
const readerOf = ({ source }: Make): SourceReader => (source === 'json_hook' ? hook : READERS[source]);
const clock = createManualClock(SEVEN);

/** One broker for all: the operator's and, for those that sign in with us, ours. */
let broker: OperatorsBroker;
let pushed: Server;
let estate: Estate;
let listener: MqttClient;
let heard: Arrival[];

beforeAll(async () => {
  broker = await startOperatorsBroker();
  listener = await mqtt.connectAsync(broker.url, { protocolVersion: 4 });
  listener.on('message', (topic, payload, { retain: retained }) =>
    heard.push({ topic, payload, retained, receivedAt: clock.now().epochMilliseconds }),
  );
  await listener.subscribeAsync('#', { qos: 1 });
  heard = [];
  const random = createSeededRandom(1);
  pushed = createServer(async (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    const payload = await buffer(request);
    if (request.method === 'POST') {
      heard.push({ topic: '', payload, retained: false, receivedAt: clock.now().epochMilliseconds });
    }
    response.end(searchParams.get('msg') ?? '');
  }).listen(0, '127.0.0.1');
  await once(pushed, 'listening');
  const push = { url: `http://127.0.0.1:${(pushed.address() as AddressInfo).port}/push`, secret: 'secret' };
  estate = await openEstate(
    { url: broker.url, pactUrl: broker.url, random, ctwing: push, onenet: push, jsonHook: push },
    SEVEN.epochMilliseconds,
  );
});
afterAll(async () => {
  await estate.close();
  await listener.endAsync(true);
  pushed.close();
  await broker.stop();
});

/** What the bridge's own reader and decoder find in all that was heard, of one device. */
const readingsOf = (make: Make, address: string): Reading[] => {
  // A source sees what comes its own way.
  const isPush = SOURCE_FORMATS[make.source].kind === 'push';
  const said = heard.filter(({ topic }) => (topic === '') === isPush);
  return said
    .flatMap((arrival) => readerOf(make).read(arrival).uplinks)
    .flatMap((uplink) => {
      if (uplink.address !== address || uplink.says === 'presence') return [];
      if (uplink.says === 'reading') return [uplink.reading];
      return [DECODERS[make.format as keyof typeof DECODERS].decode(uplink.frame)];
    });
};
const contactIn = ({ contact, position, moving }: Reading) =>
  moving ? null : (contact ?? (position === null ? null : position >= 50 ? 'open' : 'closed'));

test.each(MAKES.map((make, index) => [`${make.source}, ${make.format} (${index})`, make, index] as const))(
  'the bridge reads of %s that the curtain was closed and then opened',
  async (_name, make, index) => {
    const code = String(index + 10);
    const home = { code, credentials: { sensorId: `curtain-${code}`, secret: 'secret' } };
    const device = createMakersDevice({
      ...{ sensorId: home.credentials.sensorId, clock },
      install: () => make.install(estate, home),
    });
    heard = [];
    await device.connect();
    await device.report({ type: 'closed', at: '2026-11-22T13:40:00Z', battery: 80 });
    await device.report({ type: 'heartbeat', battery: 80 });
    await device.report({ type: 'opened', battery: 80 });
    const contacts = () =>
      readingsOf(make, make.addressIn(home)).flatMap((reading) => contactIn(reading) ?? []);
    await vi.waitFor(() => expect(contacts().at(-1)).toBe('open'), { interval: 5 });
    expect(contacts().slice(0, -3)).not.toContain('open');
    expect(contacts()[0]).toBe('closed');
    expect(device.opened).toBe(1);
    // Of a message with the flag, nothing would count.
    expect(heard.filter(({ retained }) => retained)).toEqual([]);

    await device.vanish();
    heard = [];
    await device.report({ type: 'heartbeat' });
    expect(device.opened).toBe(1);
  },
);

test('a device with a memory tells late what nobody heard, with the time at which it was', async () => {
  const keeping = MAKES.filter(({ keeps }) => keeps);
  expect(keeping.map(({ format }) => format)).toEqual(['milesight_em300_mcs', 'dragino_lds03a']);
  for (const [index, make] of keeping.entries()) {
    const code = String(index + 40);
    const home = { code, credentials: { sensorId: `curtain-${code}`, secret: 'secret' } };
    const device = createMakersDevice({
      ...{ sensorId: home.credentials.sensorId, clock },
      install: () => make.install(estate, home),
    });
    await device.connect();
    await device.report({ type: 'closed' });
    await device.report({ type: 'opened', at: '2026-11-23T22:42:00Z' });
    // Two servers have told it, each the same.
    const history = () =>
      new Map(
        readingsOf(make, make.addressIn(home)).flatMap((reading) =>
          reading.history.map(({ at, contact }) => [new Date(at).toISOString(), contact] as const),
        ),
      );
    await vi.waitFor(() => expect([...history()]).toEqual([['2026-11-23T22:42:00.000Z', 'open']]));
  }
});

const storiesOf = (seed: number) => {
  const random = createSeededRandom(seed);
  const neighbourhood = inventNeighbourhood(random);
  const words = { cannotGo: '去不了', nonsense: '你好' };
  return { neighbourhood, stories: inventStories(neighbourhood.homes, random, words) };
};

test('a mixed morning has every make, and none where a story needs more than it can say', () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const { stories } = storiesOf(seed);
    const plan = planMakers(stories);
    expect(new Set(plan.values())).toEqual(new Set(MAKES));
    for (const { kind, home, device } of stories) {
      const make = plan.get(home.code);
      if (kind === 'buffered') expect(make?.keeps).toBe(true);
      if (['left_open', 'silent_sensor', 'outage', 'never_reported', 'no_sensor'].includes(kind))
        expect(make).toBeUndefined();
      if (make) expect(device?.evening).toEqual(['closed']);
    }
    expect(planMakers(stories)).toEqual(plan);
  }
});

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

test('the register has a source for each format, and each device is paired with its home’s sensor', async () => {
  const { neighbourhood, stories } = storiesOf(7);
  const key = Buffer.alloc(32, 1);
  const credentials = await enrolNeighbourhood(db, neighbourhood, {
    ...{ key, timeZone: 'Asia/Shanghai', language: 'en', onLeave: new Set(), now: SEVEN },
    withSensor: new Set(stories.filter(({ hasSensor }) => hasSensor).map(({ home }) => home.code)),
  });
  const makers = await prepareMakers(stories, { random: createSeededRandom(7), clock });
  await makers.enrol(db, key, credentials);
  const { sources, devices } = await loadBridgeSettings(db, key);
  await makers.close();

  expect(makers.counts()).toEqual({ devices: devices.length, sources: 11 });
  expect(sources.map(({ format }) => format).sort()).toEqual(
    [...new Set(MAKES.map(({ source }) => source))].sort(),
  );
  const plan = planMakers(stories);
  expect(devices.map(({ sensorId }) => sensorId).sort()).toEqual(
    [...plan.keys()].map((code) => `curtain-${code}`).sort(),
  );
  const formats: Partial<Record<DeviceFormat, number>> = {};
  for (const { format, motorCounts, sensorId, polarityKnown } of devices) {
    const make = plan.get(sensorId?.slice(-2) ?? '');
    const expected = { format: make?.format, motorCounts: make?.isMotor, polarityKnown: true };
    expect({ format, motorCounts, polarityKnown }).toEqual(expected);
    formats[format ?? 'as_told'] = 1;
  }
  expect(Object.keys(formats)).toHaveLength(7);
});
