import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createSeededRandom } from '../seeded-random.ts';
import { createChirpstack } from './chirpstack.ts';
import { createEsphome } from './esphome.ts';
import { createOpenmqttgateway } from './openmqttgateway.ts';
import { type OperatorsBroker, startOperatorsBroker } from './operators-broker.ts';
import { createShelly } from './shelly.ts';
import { createTasmota, createTasmotaZigbee } from './tasmota.ts';
import { createThingsStack } from './things-stack.ts';
import type { GatewayOptions, VirtualGateway } from './virtual-gateway.ts';
import { createZigbee2mqtt } from './zigbee2mqtt.ts';

const SEVEN = Date.UTC(2026, 10, 23, 23, 0, 0);
const EUI = '24E124136B0A1234';
type Heard = { topic: string; body: unknown; qos: number; retain: boolean };

const SOON = { interval: 2 };

let broker: OperatorsBroker;
let listener: MqttClient;
let heard: Heard[];
const gateways: VirtualGateway[] = [];

beforeAll(async () => {
  broker = await startOperatorsBroker();
  listener = await mqtt.connectAsync(broker.url, { protocolVersion: 4 });
  listener.on('message', (topic, payload, { qos, retain }) =>
    heard.push({ topic, body: readable(String(payload)), qos, retain }),
  );
  await listener.subscribeAsync('#', { qos: 1 });
});
beforeEach(() => {
  heard = [];
});
afterAll(async () => {
  for (const gateway of gateways) await gateway.vanish();
  await listener.endAsync(true);
  await broker.stop();
});

const readable = (text: string): unknown => (/^[{[]/.test(text) ? JSON.parse(text) : text);
/** So many messages, and no other before the next that we send ourselves. */
async function hear(count: number): Promise<Heard[]> {
  await vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(count), SOON);
  await listener.publishAsync('the/end', '', { qos: 1 });
  await vi.waitFor(() => expect(heard.at(-1)?.topic).toBe('the/end'), SOON);
  const all = heard.slice(0, -1);
  heard = [];
  expect(all).toHaveLength(count);
  return all;
}
async function plugIn<T extends VirtualGateway>(
  create: (options: GatewayOptions) => T,
  more: Partial<GatewayOptions> = {},
): Promise<T> {
  const gateway = create({ url: broker.url, ...more });
  gateways.push(gateway);
  await gateway.connect(SEVEN);
  return gateway;
}
const bodies = (all: readonly Heard[]) => all.map(({ body }) => body);
const bytesOf = (data: unknown) =>
  Buffer.from(data as string, 'base64')
    .toString('hex')
    .toUpperCase();

test('ChirpStack sends JSON with small letters, leaves out what is 0, and tells the battery apart', async () => {
  const network = await plugIn((options) => createChirpstack({ ...options, random: createSeededRandom(1) }));
  const sensor = network.device(EUI, 'milesight_ws301');
  await sensor.open(SEVEN);
  await sensor.battery(SEVEN + 1_000, 88);
  const [first, status, second, charge] = await hear(4);
  expect(first).toMatchObject({
    topic: expect.stringMatching(/^application\/[0-9a-f-]{36}\/device\/24e124136b0a1234\/event\/up$/),
    qos: 1,
    retain: false,
    body: {
      deduplicationId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      time: '2026-11-23T23:00:00.000023242+00:00',
      deviceInfo: { applicationId: expect.any(String), devEui: '24e124136b0a1234' },
      devAddr: '6b0a1234',
      dr: 1,
      fPort: 85,
      data: 'AwAB',
      rxInfo: [{ rssi: expect.any(Number), snr: 10.5 }],
    },
  });
  expect(first?.body).not.toHaveProperty('fCnt');
  expect(status).toMatchObject({
    topic: expect.stringMatching(/status$/),
    body: { margin: 10, batteryLevel: 100 },
  });
  expect(second?.body).toMatchObject({ fCnt: 1 });
  expect(charge?.body).toMatchObject({ batteryLevel: 88 });
});

test('two servers hand on the same frame under the same id', async () => {
  const network = await plugIn(
    (options) => createChirpstack({ ...options, random: createSeededRandom(2), servers: 2 }),
    { clientId: 'two-servers' },
  );
  await network.device(EUI, 'dragino_lds02').open(SEVEN);
  const ups = (await hear(3)).filter(({ topic }) => topic.endsWith('/up'));
  expect(ups).toHaveLength(2);
  const [one, two] = bodies(ups) as { deduplicationId: string; rxInfo: unknown }[];
  expect(one?.deduplicationId).toBe(two?.deduplicationId);
  expect(one?.rxInfo).not.toEqual(two?.rxInfo);
});

test('after an outage a device with a memory sends what it kept, one without only shows it in its counters', async () => {
  const network = await plugIn((options) => createChirpstack({ ...options, random: createSeededRandom(3) }));
  const [keeps, forgets] = [
    network.device(EUI, 'milesight_em300_mcs'),
    network.device(EUI, 'browan_tbdw100'),
  ];
  network.goDark();
  for (const sensor of [keeps, forgets]) {
    await sensor.open(SEVEN);
    await sensor.close(SEVEN + 60_000);
  }
  await network.light(SEVEN + 120_000);
  const ups = (await hear(4)).filter(({ topic }) => topic.endsWith('/up'));
  const frames = bodies(ups) as { data: string; fCnt?: number }[];
  // u32 seconds, the lowest byte first, then the room and the magnet.
  const kept = (at: number, isOpen: string) =>
    `20CE${Buffer.from(Uint32Array.of(at / 1_000).buffer).toString('hex')}D2005C${isOpen}`.toUpperCase();
  expect(frames.map(({ data, fCnt }) => [bytesOf(data), fCnt])).toEqual([
    [kept(SEVEN, '01') + kept(SEVEN + 60_000, '00'), 2],
    ['017564' + '0367D200' + '04685C' + '060000', 3],
    [expect.stringMatching(/^00CB350100020000$/), 2],
  ]);
});

test('a device that joins again counts from nothing, and a missed opening makes its counters jump', async () => {
  const network = await plugIn((options) => createThingsStack({ ...options, tenant: 'ttn' }));
  const sensor = network.device(EUI, 'dragino_lds02');
  await sensor.open(SEVEN);
  await sensor.openUnheard(SEVEN);
  await sensor.open(SEVEN + 5_000);
  await sensor.reboot(SEVEN + 10_000);
  await sensor.reportCutOff(SEVEN + 20_000, 4);
  await sensor.simulateOpening(SEVEN + 30_000);
  const all = await hear(6);
  const ups = bodies(all.filter(({ topic }) => topic.endsWith('/up'))) as {
    simulated?: boolean;
    uplink_message: { f_cnt?: number; frm_payload: string; session_key_id: string };
  }[];
  const [first, jumped, reset, cut, simulated] = ups.map(({ uplink_message: up }) => up);
  expect(all[0]).toMatchObject({
    topic: 'v3/app1@ttn/devices/eui-24e124136b0a1234/up',
    qos: 0,
    body: {
      end_device_ids: {
        device_id: 'eui-24e124136b0a1234',
        application_ids: { application_id: 'app1' },
        dev_eui: EUI,
      },
      received_at: '2026-11-23T23:00:00.220589559Z',
      uplink_message: {
        frm_payload: expect.any(String),
        rx_metadata: [{ time: expect.any(String), rssi: -35, snr: 5 }],
        received_at: '2026-11-23T23:00:00.000589559Z',
      },
    },
  });
  expect(first).not.toHaveProperty('f_cnt');
  expect(bytesOf(first?.frm_payload).slice(6, 12)).toBe('000001');
  expect(jumped?.f_cnt).toBe(3);
  expect(bytesOf(jumped?.frm_payload).slice(6, 12)).toBe('000002');
  expect(reset).not.toHaveProperty('f_cnt');
  expect(reset?.session_key_id).not.toBe(first?.session_key_id);
  expect(bytesOf(reset?.frm_payload).slice(6, 12)).toBe('000000');
  expect(bytesOf(cut?.frm_payload)).toHaveLength(8);
  expect(simulated?.f_cnt).toBe(2);
  expect(ups.map(({ simulated: is = false }) => is)).toEqual([false, false, false, false, true]);
  await (await plugIn(createThingsStack)).device(EUI, 'netvox_r311a').report(SEVEN);
  expect((await hear(1))[0]?.topic).toBe('v3/app1/devices/eui-24e124136b0a1234/up');
});

test('Zigbee2MQTT repeats what it knows: with the battery, after a restart, and against itself while sliding', async () => {
  const gateway = createZigbee2mqtt({ url: broker.url });
  gateways.push(gateway);
  const sensor = gateway.device('东区/3号楼/窗帘');
  await gateway.connect(SEVEN);
  expect(await hear(3)).toMatchObject([
    { topic: 'zigbee2mqtt/bridge/state', body: { state: 'online' } },
    { topic: 'zigbee2mqtt/东区/3号楼/窗帘/availability', body: { state: 'online' } },
    { topic: 'zigbee2mqtt/东区/3号楼/窗帘', body: { contact: true }, qos: 0, retain: false },
  ]);
  await sensor.open(SEVEN);
  await sensor.battery(SEVEN, 60);
  expect(bodies(await hear(2))).toEqual([
    { battery: 100, battery_low: false, contact: false, linkquality: 105, tamper: false, voltage: 3000 },
    { battery: 60, battery_low: false, contact: false, linkquality: 105, tamper: false, voltage: 2800 },
  ]);
  await sensor.close(SEVEN);
  await sensor.slideOpen(SEVEN);
  const contacts = bodies(await hear(4)) as { contact: boolean }[];
  expect(contacts.map(({ contact }) => contact)).toEqual([true, false, true, false]);
  await gateway.restart(SEVEN);
  const replay = await hear(3);
  expect(replay.at(-1)).toMatchObject({
    topic: 'zigbee2mqtt/东区/3号楼/窗帘',
    body: { contact: false, battery: 60 },
  });
  await gateway.vanish();
  expect(await hear(1)).toMatchObject([{ topic: 'zigbee2mqtt/bridge/state', body: { state: 'offline' } }]);
});

test('Zigbee2MQTT’s curtain tells its position, and fields stand alone where the operator wants them so', async () => {
  const gateway = await plugIn((options) => createZigbee2mqtt({ ...options, tellsLastSeen: true }));
  const cover = gateway.cover('curtain');
  await hear(1);
  await cover.position(SEVEN, 60);
  expect(bodies(await hear(2))).toMatchObject([
    { position: 0, running: true, motor_state: 'opening', last_seen: '2026-11-23T23:00:00.000Z' },
    { position: 60, state: 'OPEN', running: false, motor_state: 'stop' },
  ]);
  const apart = await plugIn(
    (options) => createZigbee2mqtt({ ...options, base: 'z2m', asAttributes: true }),
    {
      clientId: 'z2m',
    },
  );
  await apart.device('d').open(SEVEN);
  expect(await hear(7)).toContainEqual({ topic: 'z2m/d/contact', body: 'false', qos: 0, retain: false });
});

test('Tasmota says what happens under stat and repeats how things are under tele, in a time without a zone', async () => {
  const gateway = await plugIn((options) => createTasmota({ ...options, topic: 't1' }));
  const contact = gateway.device();
  expect(await hear(1)).toMatchObject([{ topic: 'tele/t1/LWT', body: 'Online' }]);
  await contact.open(SEVEN);
  await contact.report(SEVEN + 300_000);
  expect(await hear(2)).toMatchObject([
    { topic: 'stat/t1/RESULT', body: { Switch1: { Action: 'ON' } }, qos: 0 },
    { topic: 'tele/t1/SENSOR', body: { Time: '2026-11-24T07:05:00', Switch1: 'ON' } },
  ]);
  await gateway.cover().position(SEVEN, 56);
  expect(bodies(await hear(2))).toEqual([
    { Shutter1: { Position: 0, Direction: 1, Target: 56, Tilt: 0 } },
    { Shutter1: { Position: 56, Direction: 0, Target: 56, Tilt: 0 } },
  ]);
});

test('Tasmota’s Zigbee bridge has it the other way round: Contact 1 is open', async () => {
  const gateway = await plugIn((options) => createTasmotaZigbee({ ...options, topic: 'zb' }));
  await gateway.device('0x662E', 'door_sensor').open(SEVEN);
  expect((await hear(2)).at(-1)).toMatchObject({
    topic: 'tele/zb/SENSOR',
    body: {
      ZbReceived: {
        '0x662E': {
          ...{ Device: '0x662E', Name: 'door_sensor', ZoneStatusChange: 33, Contact: 1 },
          ...{ Endpoint: 1, LinkQuality: 157 },
        },
      },
    },
  });
});

test('Shelly counts from its start until its clock is set, and may say a thing twice', async () => {
  const id = 'shellyplus1-08b61fd90730';
  const doubles = { share: 1, random: createSeededRandom(1) };
  const gateway = await plugIn((options) => createShelly({ ...options, id, doubles }));
  const sensor = gateway.device('7CC6B66A1F20');
  await sensor.open(SEVEN + 60);
  gateway.losesTheTime(SEVEN);
  await sensor.close(SEVEN + 12_340);
  const all = await hear(6);
  expect(all[0]).toMatchObject({ topic: `${id}/online`, body: 'true', qos: 1 });
  const opened = all.find(({ topic }) => topic === `${id}/events/rpc`);
  expect(opened).toMatchObject({
    qos: 1,
    body: {
      src: id,
      method: 'NotifyStatus',
      params: { ts: 1_795_474_800.06, 'bthomesensor:201': { id: 201, value: true } },
    },
  });
  const notices = bodies(all.filter(({ topic }) => topic.endsWith('/rpc'))) as { params: { ts: number } }[];
  expect(notices.map(({ params }) => params.ts)).toEqual([1_795_474_800.06, 1_795_474_800.06, 12.34, 12.34]);
});

test('ESPHome retains its states, and says all of them again whenever it connects', async () => {
  const node = createEsphome({ url: broker.url, prefix: 'bedroom' });
  gateways.push(node);
  const contact = node.device('window');
  node.cover('curtain');
  await node.connect(SEVEN);
  await contact.open(SEVEN);
  expect((await hear(5)).map(({ topic, body }) => [topic, body])).toEqual([
    ['bedroom/status', 'online'],
    ['bedroom/binary_sensor/window/state', 'OFF'],
    ['bedroom/cover/curtain/position/state', '0'],
    ['bedroom/cover/curtain/state', 'closed'],
    ['bedroom/binary_sensor/window/state', 'ON'],
  ]);
  await node.restart(SEVEN);
  expect(bodies(await hear(4))).toContain('ON');
  const late = await mqtt.connectAsync(broker.url, { protocolVersion: 4 });
  const replayed: boolean[] = [];
  late.on('message', (_topic, _payload, { retain }) => replayed.push(retain));
  await late.subscribeAsync('bedroom/binary_sensor/+/state');
  await vi.waitFor(() => expect(replayed).toEqual([true]));
  await late.endAsync();
});

test('OpenMQTTGateway says the same again each time it hears a beacon', async () => {
  const gateway = await plugIn(createOpenmqttgateway);
  await gateway.device('AABBCCDDEEFF').open(SEVEN);
  const [status, ...advertisements] = await hear(4);
  expect(status).toMatchObject({ topic: 'home/OpenMQTTGateway/LWT', body: 'online' });
  expect(advertisements).toHaveLength(3);
  expect(advertisements[0]).toMatchObject({
    topic: 'home/OpenMQTTGateway/BTtoMQTT/AABBCCDDEEFF',
    body: { model_id: 'BSDOO', cont: true, open: true, batt: 100 },
  });
});

test('of what is sent with QoS 0 a share is lost, the same share each time', async () => {
  const lost = async (clientId: string) => {
    const losses = { share: 0.5, random: createSeededRandom(7) };
    const gateway = await plugIn((options) => createTasmota({ ...options, topic: clientId, losses }));
    const contact = gateway.device();
    for (let i = 0; i < 20; i += 1) await contact.open(SEVEN);
    await gateway.disconnect();
    // What is sent with QoS 1 is never lost, and comes last.
    await vi.waitFor(() => expect(heard.at(-1)?.body).toBe('Offline'));
    const said = heard.filter(({ topic }) => topic === `stat/${clientId}/RESULT`);
    heard = [];
    return said.length;
  };
  const [once, again] = [await lost('lossy-1'), await lost('lossy-2')];
  expect(once).toBe(again);
  expect(once).toBeGreaterThan(4);
  expect(once).toBeLessThan(16);
});

test('a maker’s device at our own broker speaks under the sensor’s own topics', async () => {
  const [own, prefix] = [{ url: broker.url }, 'pact/v1/s1'];
  const tasmota = createTasmota({ ...own, topic: 's1', fullTopic: 'pact/v1/%topic%/%prefix%/' });
  const shelly = createShelly({ ...own, id: 'shelly1', prefix });
  const esphome = createEsphome({ ...own, prefix });
  gateways.push(tasmota, shelly, esphome);
  for (const gateway of [tasmota, shelly, esphome]) await gateway.connect(SEVEN);
  await tasmota.device().open(SEVEN);
  await shelly.cover().open(SEVEN);
  await esphome.device().open(SEVEN);
  const topics = (await hear(7)).map(({ topic }) => topic);
  expect(new Set(topics)).toEqual(
    new Set([
      'pact/v1/s1/tele/LWT',
      'pact/v1/s1/stat/RESULT',
      'pact/v1/s1/online',
      'pact/v1/s1/events/rpc',
      'pact/v1/s1/status',
      'pact/v1/s1/binary_sensor/curtain/state',
    ]),
  );
});
