import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createChirpstack } from '#sim/networks/chirpstack.ts';
import { createEsphome } from '#sim/networks/esphome.ts';
import { createShelly } from '#sim/networks/shelly.ts';
import { createTasmotaZigbee } from '#sim/networks/tasmota.ts';
import { createThingsStack } from '#sim/networks/things-stack.ts';
import { createZigbee2mqtt } from '#sim/networks/zigbee2mqtt.ts';
import { createSeededRandom } from '#sim/seeded-random.ts';
import { minutesAgo, planEstate } from './testing/estate.ts';

const estate = planEstate();
beforeAll(() => estate.open(), 60_000);
afterAll(() => estate.close());

/** What is lost on its way to the operator's broker, by a switch. */
const losses = { share: 0, random: createSeededRandom(1) };

const zigbee = (base: string, more: object = {}) =>
  estate.gateway({ format: 'zigbee2mqtt', topics: [`${base}/#`] }, (url) =>
    createZigbee2mqtt({ url, base, clientId: base, ...more }),
  );
const chirpstack = estate.gateway({ format: 'chirpstack' }, (url) =>
  createChirpstack({ url, random: createSeededRandom(1), servers: 2 }),
);
const thingsStack = estate.gateway({ format: 'things_stack' }, (url) => createThingsStack({ url }));

/** Within the time that a message takes. */
const isNow = (at: number | undefined) => Math.abs((at ?? 0) - Date.now()) < 5_000;

const home = zigbee('home');
const repeating = home.place((gateway) => gateway.device('卧室/窗帘'));
test('battery report that repeats contact:false', async () => {
  const { device, sensorId, untilTold, openedAt } = repeating;
  await untilTold(1);
  await device.open(Date.now());
  await untilTold(2);
  await device.battery(Date.now(), 60);
  await device.report(Date.now());
  await device.close(Date.now());
  expect(await untilTold(3)).toEqual(['snapshot closed', 'opened!', 'closed']);
  expect(isNow((await openedAt())[0])).toBe(true);
  expect(await estate.bed.count(`select battery from sensor_state where sensor_id = '${sensorId}'`)).toBe(60);
});

const sliding = home.place((gateway) => gateway.device('sliding'));
test('the conflicting pair', async () => {
  const { device, untilTold } = sliding;
  await untilTold(1);
  await device.slideOpen(Date.now());
  await untilTold(2);
  await device.close(Date.now());
  await untilTold(3);
  // A draught: it ends as it began, and nothing has happened.
  await device.open(Date.now());
  await device.close(Date.now());
  await device.battery(Date.now(), 80);
  await device.slideOpen(Date.now());
  expect(await untilTold(4)).toEqual(['snapshot closed', 'opened!', 'closed', 'opened!']);
});

const cut = zigbee('cut');
const replaying = cut.place((gateway) => gateway.device('curtain'));
test('restart replay', async () => {
  const { device, untilTold } = replaying;
  await untilTold(1);
  await device.open(Date.now());
  await untilTold(2);
  await cut.it.vanish();
  await cut.it.restart(Date.now());
  await device.close(Date.now());
  expect(await untilTold(3)).toEqual(['snapshot closed', 'opened!', 'closed']);
});

const stale = zigbee('stale');
const outdated = stale.place((gateway) => gateway.device('curtain'));
test('a gateway that restarts with an old cache: what contradicts it afterwards proves nothing', async () => {
  const { device, untilTold } = outdated;
  await untilTold(1);
  await device.open(Date.now());
  await untilTold(2);
  await stale.it.vanish();
  // Its disk had not been told of the opening.
  const older = createZigbee2mqtt({ url: estate.bed.operators.url, base: 'stale', clientId: 'stale' });
  const same = older.device('curtain');
  await older.connect(Date.now());
  await untilTold(3);
  await same.open(Date.now());
  await untilTold(4);
  await same.close(Date.now());
  await untilTold(5);
  await same.open(Date.now());
  expect(await untilTold(6)).toEqual([
    ...['snapshot closed', 'opened!', 'snapshot closed', 'snapshot opened'],
    ...['closed', 'opened!'],
  ]);
  await older.disconnect();
  await stale.it.connect(Date.now());
});

const forgetful = zigbee('forgetful', { losses });
const lossy = forgetful.place((gateway) => gateway.device('curtain'));
test('QoS 0 losses on Zigbee2MQTT: a lost opening is told with the next word, once', async () => {
  const { device, untilTold } = lossy;
  await untilTold(1);
  losses.share = 1;
  await device.open(Date.now());
  losses.share = 0;
  await device.battery(Date.now(), 70);
  await untilTold(2);
  await device.report(Date.now());
  losses.share = 1;
  await device.close(Date.now());
  losses.share = 0;
  // Closed and open again, and the first was lost: nothing shows that.
  await device.open(Date.now());
  await device.close(Date.now());
  expect(await untilTold(3)).toEqual(['snapshot closed', 'opened!', 'closed']);
});

const zigbeeBridge = estate.gateway({ format: 'tasmota' }, (url) =>
  createTasmotaZigbee({ url, topic: 'zb' }),
);
const opposite = zigbeeBridge.place((gateway) => gateway.device('0x662E', 'door'), { tested: true });
test('Tasmota’s opposite polarity', async () => {
  const { device, untilTold } = opposite;
  await device.close(Date.now());
  await untilTold(1);
  await device.open(Date.now());
  await untilTold(2);
  await device.battery(Date.now(), 50);
  await device.report(Date.now());
  await device.close(Date.now());
  expect(await untilTold(3)).toEqual(['snapshot closed', 'opened!', 'closed']);
});

const omitting = thingsStack.place((network) => network.device('24E124141A2B3C01', 'milesight_ws301'), {
  format: 'milesight_ws301',
});
test('omitted zero fields: the first frame has counter 0, so that one is missing before counter 2', async () => {
  const { device, untilTold, openedAt } = omitting;
  const heard = minutesAgo(40);
  await device.close(heard);
  await untilTold(1);
  device.outOfReach();
  await device.open(minutesAgo(30));
  await device.heardAgain(minutesAgo(20));
  expect(await untilTold(2)).toEqual(['snapshot closed', 'opened!']);
  expect(await openedAt()).toEqual([heard]);
});

const shelly = estate.gateway({ format: 'shelly', topics: ['shelly-1/#'] }, (url) =>
  createShelly({ url, id: 'shelly-1', doubles: { share: 1, random: createSeededRandom(1) } }),
);
const clockless = shelly.place((gateway) => gateway.device('7CC6B66A0001'));
test('uptime instead of a clock', async () => {
  const { device, untilTold, openedAt } = clockless;
  shelly.it.losesTheTime(minutesAgo(1));
  await device.close(Date.now());
  await untilTold(1);
  await device.open(Date.now());
  expect(await untilTold(2)).toEqual(['snapshot closed', 'opened!']);
  expect(isNow((await openedAt())[0])).toBe(true);
});

const simulated = thingsStack.place((network) => network.device('24E124141A2B3C02', 'milesight_ws301'), {
  format: 'milesight_ws301',
});
test('simulated uplinks', async () => {
  const { device, untilTold } = simulated;
  await device.report(minutesAgo(3));
  await untilTold(1);
  await device.simulateOpening(minutesAgo(2));
  await device.close(minutesAgo(1));
  await device.open(minutesAgo(0));
  expect(await untilTold(2)).toEqual(['snapshot closed', 'opened!']);
  await vi.waitFor(async () => {
    const refused = `select count(*) from source where last_refusal = 'simulated' and refused = 1`;
    expect(await estate.bed.count(refused)).toBe(1);
  }, 5_000);
});

const cutOff = chirpstack.place((network) => network.device('A84041000181C061', 'dragino_lds02'), {
  format: 'dragino_lds02',
});
test('truncated frames', async () => {
  const { device, sensorId, untilTold, openedAt } = cutOff;
  await device.report(minutesAgo(10));
  await untilTold(1);
  await device.open(minutesAgo(9));
  await untilTold(2);
  await device.close(minutesAgo(8));
  await untilTold(3);
  for (const bytes of [0, 2, 9]) await device.reportCutOff(minutesAgo(7), bytes);
  const heard = minutesAgo(6);
  await device.report(heard);
  await device.open(minutesAgo(0));
  expect(await untilTold(4)).toEqual(['snapshot closed', 'opened!', 'closed', 'opened!']);
  expect(isNow((await openedAt())[1])).toBe(true);
  await vi.waitFor(async () => {
    const refused = `select refused from device where sensor_id = '${sensorId}' and last_refusal = 'too_short'`;
    expect(await estate.bed.count(refused)).toBeGreaterThan(0);
  }, 5_000);
});

const restarting = chirpstack.place((network) => network.device('E8E1E1000103C3F8', 'browan_tbdw100'), {
  format: 'browan_tbdw100',
});
test('counter reset', async () => {
  const { device, sensorId, untilTold, openedAt } = restarting;
  for (const minutes of [60, 50, 40]) await device.report(minutesAgo(minutes));
  const opened = minutesAgo(30);
  await device.open(opened);
  await untilTold(2);
  // A new battery: it counts from nothing, and stands as it stood.
  await device.reboot(minutesAgo(20));
  await device.close(minutesAgo(10));
  await device.open(minutesAgo(5));
  expect(await untilTold(4)).toEqual(['snapshot closed', 'opened!', 'closed', 'opened!']);
  expect(await openedAt()).toEqual([opened, expect.any(Number)]);
  await vi.waitFor(
    async () =>
      expect(await estate.bed.count(`select restarts from device where sensor_id = '${sensorId}'`)).toBe(1),
    5_000,
  );
});

// The last one: with the bridge away, nobody hears what is sent with QoS 0.
const node = estate.gateway({ format: 'esphome', topics: ['node/#'] }, (url) =>
  createEsphome({ url, prefix: 'node' }),
);
const kept = node.place((gateway) => gateway.device());
test('retained state on reconnect', async () => {
  const { device, untilTold } = kept;
  await untilTold(1);
  await device.open(Date.now());
  await untilTold(2);
  await device.close(Date.now());
  await untilTold(3);
  // Its broker says again what it had kept, to everybody who comes back.
  await estate.bed.stopBridge();
  await device.open(Date.now());
  await estate.bed.startBridge();
  await untilTold(4);
  await device.close(Date.now());
  await untilTold(5);
  await device.open(Date.now());
  expect(await untilTold(6)).toEqual([
    ...['snapshot closed', 'opened!', 'closed'],
    ...['snapshot opened', 'snapshot closed', 'opened!'],
  ]);
});
