import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createChirpstack } from '#sim/networks/chirpstack.ts';
import { createEsphome } from '#sim/networks/esphome.ts';
import { createOpenmqttgateway } from '#sim/networks/openmqttgateway.ts';
import { createShelly } from '#sim/networks/shelly.ts';
import { createTasmota, createTasmotaZigbee } from '#sim/networks/tasmota.ts';
import { createThingsStack } from '#sim/networks/things-stack.ts';
import { createZigbee2mqtt } from '#sim/networks/zigbee2mqtt.ts';
import { createSeededRandom } from '#sim/seeded-random.ts';
import { minutesAgo, planEstate } from './testing/estate.ts';

const estate = planEstate();
beforeAll(() => estate.open(), 60_000);
afterAll(() => estate.close());

const random = createSeededRandom(1);
const doubles = { share: 0.5, random };
const chirpstack = estate.gateway({ format: 'chirpstack' }, (url) =>
  createChirpstack({ url, random, servers: 2, doubles }),
);
const thingsStack = estate.gateway({ format: 'things_stack' }, (url) =>
  createThingsStack({ url, tenant: 'office' }),
);
const zigbee = estate.gateway({ format: 'zigbee2mqtt' }, (url) => createZigbee2mqtt({ url }));
const attributes = estate.gateway({ format: 'zigbee2mqtt', topics: ['apart/#'] }, (url) =>
  createZigbee2mqtt({ url, base: 'apart', clientId: 'apart', asAttributes: true, tellsLastSeen: true }),
);
const tasmota = estate.gateway({ format: 'tasmota', topics: ['tele/one/#', 'stat/one/#'] }, (url) =>
  createTasmota({ url, topic: 'one' }),
);
const shutter = estate.gateway({ format: 'tasmota', topics: ['tele/two/#', 'stat/two/#'] }, (url) =>
  createTasmota({ url, topic: 'two' }),
);
const zigbeeBridge = estate.gateway({ format: 'tasmota', topics: ['tele/zb/#'] }, (url) =>
  createTasmotaZigbee({ url, topic: 'zb' }),
);
const shelly = estate.gateway({ format: 'shelly', topics: ['shelly-1/#'] }, (url) =>
  createShelly({ url, id: 'shelly-1', doubles }),
);
const esphome = estate.gateway({ format: 'esphome', topics: ['node/#'] }, (url) =>
  createEsphome({ url, prefix: 'node', retains: false }),
);
const beacons = estate.gateway({ format: 'openmqttgateway' }, (url) => createOpenmqttgateway({ url }));

const lorawan = (
  network: typeof chirpstack,
  devEui: string,
  kind: Parameters<(typeof chirpstack.it)['device']>[1],
) => network.place((it) => it.device(devEui, kind), { format: kind });

const everyKind = {
  'Zigbee2MQTT, a contact': zigbee.place((it) => it.device('卧室/窗帘')),
  'Zigbee2MQTT, each field apart': attributes.place((it) => it.device('curtain')),
  'Zigbee2MQTT, a motor that counts': zigbee.place((it) => it.cover('motor'), { motorCounts: true }),
  'Tasmota, a contact': tasmota.place((it) => it.device(), { tested: true }),
  'Tasmota, a shutter': shutter.place((it) => it.cover(), { tested: true, motorCounts: true }),
  'Tasmota, its Zigbee bridge': zigbeeBridge.place((it) => it.device('0x662E', 'door'), { tested: true }),
  'Shelly, a beacon': shelly.place((it) => it.device('7CC6B66A0001')),
  'Shelly, a cover moved by its button': shelly.place((it) => it.cover()),
  'ESPHome, a contact': esphome.place((it) => it.device('contact')),
  'OpenMQTTGateway, a beacon': beacons.place((it) => it.device('AABBCCDDEEFF')),
  'our own broker, a Tasmota': estate.ownDevice(
    (options) => {
      const fullTopic = 'pact/v1/%topic%/%prefix%/';
      const gateway = createTasmota({ ...options, topic: options.username ?? '', fullTopic });
      return { gateway, device: gateway.device() };
    },
    { tested: true },
  ),
  'our own broker, a Shelly': estate.ownDevice(
    (options, prefix) => {
      const gateway = createShelly({ ...options, id: options.username ?? '', prefix });
      return { gateway, device: gateway.cover() };
    },
    { tested: true },
  ),
  'our own broker, an ESPHome': estate.ownDevice(
    (options, prefix) => {
      const gateway = createEsphome({ ...options, prefix, retains: false });
      return { gateway, device: gateway.device() };
    },
    { tested: true },
  ),
  'ChirpStack, WS301': lorawan(chirpstack, '24E124141A2B3C01', 'milesight_ws301'),
  'ChirpStack, EM300-MCS': lorawan(chirpstack, '24E124141A2B3C02', 'milesight_em300_mcs'),
  'ChirpStack, LDS03A': lorawan(chirpstack, 'A84041000181C001', 'dragino_lds03a'),
  'The Things Stack, LDS02': thingsStack.place((it) => it.device('A84041000181C002', 'dragino_lds02'), {
    format: 'dragino_lds02',
  }),
  'The Things Stack, TBDW100': thingsStack.place((it) => it.device('E8E1E1000103C301', 'browan_tbdw100'), {
    format: 'browan_tbdw100',
  }),
  'The Things Stack, DW10': thingsStack.place((it) => it.device('E8E1E1000103C302', 'merryiot_dw10'), {
    format: 'merryiot_dw10',
  }),
};

test.concurrent.each(Object.entries(everyKind))(
  '%s: one opening is one, whatever is repeated',
  async (_name, place) => {
    const { device, untilTold } = place;
    await device.close(Date.now());
    await untilTold(1);
    await device.report(Date.now());
    await device.open(Date.now());
    await untilTold(2);
    await device.battery(Date.now(), 60);
    await device.report(Date.now());
    await device.close(Date.now());
    expect(await untilTold(3)).toEqual(['snapshot closed', 'opened!', 'closed']);
  },
);

describe('LoRaWAN', () => {
  const lost = lorawan(chirpstack, '24E124141A2B3C11', 'milesight_ws301');
  test('frames lost: an opening is no later than what was heard last', async () => {
    const { device, untilTold, openedAt } = lost;
    const [evening, morning] = [minutesAgo(150), minutesAgo(40)];
    await device.close(evening);
    await untilTold(1);
    device.outOfReach();
    await device.open(minutesAgo(140));
    await device.heardAgain(minutesAgo(130));
    await untilTold(2);
    await device.close(morning);
    await untilTold(3);
    // A battery frame hides no gap.
    device.outOfReach();
    await device.open(minutesAgo(30));
    await device.close(minutesAgo(20));
    await device.heardAgain(minutesAgo(10));
    await device.open(minutesAgo(0));
    expect(await untilTold(4)).toEqual(['snapshot closed', 'opened!', 'closed', 'opened!']);
    expect(await openedAt()).toEqual([evening, expect.toSatisfy((at: number) => at > minutesAgo(1))]);
  });

  const counting = lorawan(chirpstack, 'A84041000181C011', 'dragino_lds02');
  test('openings counted and unheard (LDS02): one is told, at the latest when it was last known shut', async () => {
    const { device, sensorId, untilTold, openedAt } = counting;
    const heard = minutesAgo(60);
    await device.report(heard);
    await untilTold(1);
    await device.openUnheard(minutesAgo(40));
    await device.openUnheard(minutesAgo(30));
    await device.report(minutesAgo(5));
    expect(await untilTold(3)).toEqual(['snapshot closed', 'opened!', 'closed']);
    expect(await openedAt()).toEqual([heard]);
    await expect
      .poll(() => estate.bed.count(`select missed from device where sensor_id = '${sensorId}'`), {
        timeout: 5_000,
      })
      .toBe(2);
  });

  const remembering = {
    'EM300-MCS': lorawan(chirpstack, '24E124141A2B3C12', 'milesight_em300_mcs'),
    LDS03A: lorawan(chirpstack, 'A84041000181C012', 'dragino_lds03a'),
  };
  test.each(Object.entries(remembering))(
    '%s: what it kept over an outage proves its opening, at its own time',
    async (_name, place) => {
      const { device, untilTold, openedAt } = place;
      const opened = minutesAgo(50);
      await device.report(minutesAgo(120));
      await untilTold(1);
      device.outOfReach();
      await device.report(minutesAgo(80));
      await device.open(opened);
      await device.heardAgain(minutesAgo(5));
      await device.close(minutesAgo(0));
      expect(await untilTold(3)).toEqual(['snapshot closed', 'opened!', 'closed']);
      expect(await openedAt()).toEqual([opened]);
    },
  );

  const minuteCounting = lorawan(chirpstack, 'E8E1E1000103C311', 'browan_tbdw100');
  test('a device that counts its minutes says when, also after lost frames', async () => {
    const { device, untilTold, openedAt } = minuteCounting;
    const opened = minutesAgo(30);
    await device.close(minutesAgo(70));
    await untilTold(1);
    device.outOfReach();
    await device.open(opened);
    // In whole minutes, as it counts them: looked up anew, now would be a second later now and then.
    await device.heardAgain(opened + 30 * 60_000);
    expect(await untilTold(2)).toEqual(['snapshot closed', 'opened!']);
    expect(await openedAt()).toEqual([opened]);
  });

  const weak = lorawan(chirpstack, 'E8E1E1000103C312', 'browan_tbdw100');
  test('ChirpStack’s own word on a battery is taken whatever the device speaks', async () => {
    const { device, sensorId, untilTold } = weak;
    await device.report(Date.now());
    await untilTold(1);
    await device.battery(Date.now(), 60);
    const battery = `select battery from sensor_state where sensor_id = '${sensorId}'`;
    await expect.poll(() => estate.bed.count(battery), { timeout: 5_000 }).toBe(60);
  });

  const doubled = lorawan(chirpstack, '24E124141A2B3C13', 'milesight_ws301');
  test('duplicates across two gateways are seen and are nothing', async () => {
    const { device, sensorId, untilTold } = doubled;
    await device.report(minutesAgo(3));
    await device.open(minutesAgo(2));
    await device.close(minutesAgo(1));
    expect(await untilTold(3)).toEqual(['snapshot closed', 'opened!', 'closed']);
    const duplicates = `select count(*) from device_report r join device d on d.id = r.device_id
      where d.sensor_id = '${sensorId}' and became = 'duplicate'`;
    await expect.poll(() => estate.bed.count(duplicates), { timeout: 5_000 }).toBeGreaterThanOrEqual(3);
  });
});

describe('motors and positions', () => {
  const timed = zigbee.place((it) => it.cover('timed'));
  test('a motor that nobody is known to have asked proves nothing', async () => {
    const { device, untilTold } = timed;
    await untilTold(1);
    await device.open(Date.now());
    await untilTold(2);
    await device.close(Date.now());
    expect(await untilTold(3)).toEqual(['snapshot closed', 'snapshot opened', 'snapshot closed']);
  });

  const trembling = zigbee.place((it) => it.cover('trembling'), { motorCounts: true, debounceMs: 0 });
  test('a position that trembles about a threshold opens once', async () => {
    const { device, sensorId, untilTold } = trembling;
    await untilTold(1);
    for (const percent of [49, 51, 49, 52, 31, 50, 29, 60]) await device.position(Date.now(), percent);
    expect(await untilTold(4)).toEqual(['snapshot closed', 'opened!', 'closed', 'opened!']);
    expect((await estate.bed.events(sensorId)).map(({ position }) => position)).toEqual([0, 51, 29, 60]);
  });
});
