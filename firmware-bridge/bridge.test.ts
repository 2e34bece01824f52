import { sql } from 'kysely';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createChirpstack } from '#sim/networks/chirpstack.ts';
import { createZigbee2mqtt } from '#sim/networks/zigbee2mqtt.ts';
import { createSeededRandom } from '#sim/seeded-random.ts';
import { availabilityTopic } from './announce/home-messages.ts';
import { type BridgeBed, openBridgeBed } from './testing/bridge-bed.ts';

let bed: BridgeBed;
let zigbee: { id: string; gateway: ReturnType<typeof createZigbee2mqtt> };
let lorawan: { id: string; network: ReturnType<typeof createChirpstack> };

beforeAll(async () => {
  bed = await openBridgeBed();
  const gateway = createZigbee2mqtt({ url: bed.operators.url });
  const network = createChirpstack({ url: bed.operators.url, random: createSeededRandom(1), servers: 2 });
  zigbee = { id: await bed.addSource({ format: 'zigbee2mqtt' }), gateway };
  lorawan = { id: await bed.addSource({ format: 'chirpstack' }), network };
  await bed.startBridge();
  await gateway.connect(Date.now());
  await network.connect(Date.now());
}, 60_000);
afterAll(async () => {
  await zigbee?.gateway.disconnect();
  await lorawan?.network.disconnect();
  await bed?.stop();
});

const typesOf = (events: { type: string; retained: boolean; opening: boolean }[]) =>
  events.map(({ type, retained, opening }) => `${retained ? 'snapshot ' : ''}${type}${opening ? '!' : ''}`);

/** Says it until it is heard: what was set up a moment ago the bridge may not know yet. */
const untilHeard = (sensorId: string, say: () => Promise<void>) =>
  vi.waitFor(
    async () => {
      await say();
      expect(await bed.events(sensorId)).not.toEqual([]);
    },
    { timeout: 10_000, interval: 100 },
  );

test('a Zigbee contact opens once, whatever its gateway repeats and however it slides', async () => {
  const curtain = zigbee.gateway.device('bedroom/curtain');
  const sensorId = await bed.addDevice({ sourceId: zigbee.id, address: curtain.address, debounceMs: 150 });
  await untilHeard(sensorId, () => curtain.close(Date.now()));
  await curtain.slideOpen(Date.now());
  await bed.untilEvents(sensorId, 2);
  await curtain.battery(Date.now(), 60);
  await curtain.report(Date.now());
  await curtain.close(Date.now());
  expect(typesOf(await bed.untilEvents(sensorId, 3))).toEqual(['snapshot closed', 'opened!', 'closed']);
  expect(await bed.lastSeen(sensorId)).not.toBeNull();
});

test('a frame that two servers hand on is one opening', async () => {
  const curtain = lorawan.network.device('24E124141A2B3C4D', 'milesight_ws301');
  const sensorId = await bed.addDevice({
    sourceId: lorawan.id,
    address: curtain.address,
    format: 'milesight_ws301',
  });
  await untilHeard(sensorId, () => curtain.report(Date.now()));
  // In an event of the network's own, beside the device's frames.
  await curtain.battery(Date.now(), 17);
  await vi.waitFor(async () => {
    const { rows } = await sql<{
      battery: number;
    }>`select battery from sensor_state where sensor_id = ${sensorId}`.execute(bed.test.db);
    expect(rows).toEqual([{ battery: 17 }]);
  }, 10_000);
  await curtain.open(Date.now());
  await curtain.close(Date.now());
  expect(typesOf(await bed.untilEvents(sensorId, 3))).toEqual(['snapshot closed', 'opened!', 'closed']);
  await vi.waitFor(async () => {
    const device = bed.test.db.selectFrom('device').select(['messages', 'refused']);
    const { messages, refused } = await device
      .where('address', '=', curtain.address)
      .executeTakeFirstOrThrow();
    expect(Number(messages)).toBeGreaterThanOrEqual(10);
    expect(Number(refused)).toBe(0);
  }, 10_000);
});

test('what our broker cannot take is kept on disk over a restart of the bridge, and told once', async () => {
  const curtain = lorawan.network.device('24E124141A2B3C4E', 'milesight_ws301');
  const sensorId = await bed.addDevice({
    sourceId: lorawan.id,
    address: curtain.address,
    format: 'milesight_ws301',
  });
  await untilHeard(sensorId, () => curtain.report(Date.now()));
  await bed.stopBroker();
  const openedAt = Date.now();
  await curtain.open(openedAt);
  await vi.waitFor(() => expect(bed.bridge().status().waiting).toBeGreaterThan(0), 10_000);
  await bed.stopBridge();
  // Nobody is there to hear it; the network keeps it for the session.
  await curtain.close(Date.now());
  await bed.startBridge();
  await bed.startBroker();
  const events = await bed.untilEvents(sensorId, 3);
  expect(typesOf(events)).toEqual(['snapshot closed', 'opened!', 'closed']);
  expect(Math.abs((events[1]?.at.getTime() ?? 0) - openedAt)).toBeLessThan(1_000);
  await vi.waitFor(() => expect(bed.bridge().status().waiting).toBe(0), 10_000);
});

test('what a gateway tells Home Assistant names a device and says which value means open', async () => {
  const introduction = {
    device: { identifiers: ['a'], name: '071 的窗帘' },
    device_class: 'door',
    name: null,
    payload_off: false,
    payload_on: true,
    state_topic: 'zigbee2mqtt/odd',
    value_template: '{{ value_json.contact }}',
  };
  const gateway = await connectAsync(bed.operators.url);
  const say = (topic: string, payload: object) =>
    gateway.publishAsync(topic, JSON.stringify(payload), { retain: true });
  await say('homeassistant/binary_sensor/0x1/contact/config', introduction);
  await say('zigbee2mqtt/odd', { contact: true });
  await gateway.endAsync();
  await vi.waitFor(async () => {
    const seen = await bed.test.db.selectFrom('device').selectAll().where('address', '=', 'odd').execute();
    expect(seen).toMatchObject([{ name: '071 的窗帘', told_direction: 'opposite', sensor_id: null }]);
  }, 10_000);
});

test('a source that speaks another language than it was set up with says which it looks like', async () => {
  const sourceId = await bed.addSource({ format: 'tasmota', topics: ['zigbee2mqtt/#'] });
  const hall = zigbee.gateway.device('hall');
  await vi.waitFor(async () => {
    await hall.close(Date.now());
    const source = bed.test.db.selectFrom('source').select('looks_like').where('id', '=', sourceId);
    expect(await source.executeTakeFirstOrThrow()).toEqual({ looks_like: 'zigbee2mqtt' });
  }, 10_000);
});

test('Home Assistant is told that we are there while we are, and that we are gone when we are', async () => {
  const sourceId = await bed.addSource({ format: 'zigbee2mqtt', announces: true });
  const home = await connectAsync(bed.operators.url);
  const heard: string[] = [];
  home.on('message', (_topic, payload) => heard.push(payload.toString()));
  await home.subscribeAsync(availabilityTopic(sourceId));
  await vi.waitFor(() => expect(heard.at(-1)).toBe('online'), 10_000);
  await bed.stopBridge();
  await vi.waitFor(() => expect(heard.at(-1)).toBe('offline'), 10_000);
  await home.endAsync();
});
