import { describe, expect, test } from 'vitest';
import { NOTHING_READ } from '../model.ts';
import { arrival, onlyUplink, readingOf, refusalOf } from './testing/arrivals.ts';
import { zigbee2mqtt } from './zigbee2mqtt.ts';

const read = (topic: string, payload: unknown, retained = false) =>
  zigbee2mqtt.read(arrival(topic, payload, retained));

/** As a door sensor's battery report looks, in Zigbee2MQTT's documents. */
const BATTERY_REPORT = {
  battery: 60,
  battery_low: false,
  contact: false,
  linkquality: 5,
  tamper: false,
  voltage: 2900,
};

describe('Zigbee2MQTT', () => {
  test('a contact that is true is closed: the magnet is near', () => {
    expect(readingOf(read('zigbee2mqtt/door', { contact: true })).contact).toBe('closed');
    expect(readingOf(read('zigbee2mqtt/door', { contact: false })).contact).toBe('open');
    expect(readingOf(read('zigbee2mqtt/door', { contact: null })).contact).toBeNull();
  });

  test('battery report that repeats contact:false reads as the state that it is, with no time of its own', () => {
    const payload = { ...BATTERY_REPORT, last_seen: '2026-11-24T07:41:00+08:00' };
    expect(onlyUplink(read('zigbee2mqtt/door', payload))).toEqual({
      address: 'door',
      name: 'door',
      model: null,
      onceKey: null,
      frameCounter: null,
      networkAt: null,
      rssi: null,
      says: 'reading',
      reading: { ...NOTHING_READ, contact: 'open', battery: 60, batteryLow: false, tamper: false },
    });
  });

  test('a name may be Chinese and contain a slash', () => {
    expect(onlyUplink(read('zigbee2mqtt/3号楼/071 窗帘', BATTERY_REPORT)).address).toBe('3号楼/071 窗帘');
  });

  test('a second installation on the same broker keeps its devices apart by its base topic', () => {
    expect(onlyUplink(read('z2m-east/door', BATTERY_REPORT)).address).toBe('z2m-east/door');
  });

  test('one attribute on its topic is read alone', () => {
    expect(onlyUplink(read('zigbee2mqtt/hall/door/contact', 'false'))).toMatchObject({
      address: 'hall/door',
      reading: { ...NOTHING_READ, contact: 'open' },
    });
    expect(readingOf(read('zigbee2mqtt/door/battery', '60'))).toEqual({ ...NOTHING_READ, battery: 60 });
    expect(readingOf(read('zigbee2mqtt/door/linkquality', '60'))).toEqual(NOTHING_READ);
    expect(read('zigbee2mqtt/door/colour', 'red').uplinks).toEqual([]);
    // Its position, on the topic beside, may be 1 %.
    expect(read('zigbee2mqtt/curtain/state', 'OPEN').uplinks).toEqual([]);
  });

  test.each([
    ['{"state":"online"}', true],
    ['online', true],
    ['{"state":"offline"}', false],
    ['offline', false],
  ])('availability %s', (payload, online) => {
    expect(onlyUplink(read('zigbee2mqtt/hall/door/availability', payload, true))).toMatchObject({
      address: 'hall/door',
      says: 'presence',
      online,
    });
    expect(read('zigbee2mqtt/bridge/state', payload, true)).toEqual({
      uplinks: [],
      gateway: online ? 'online' : 'offline',
      refusals: [],
    });
  });

  test.each([
    'zigbee2mqtt/bridge/info',
    'zigbee2mqtt/bridge/event',
    'zigbee2mqtt/bridge/logging',
    'zigbee2mqtt/bridge/response/device/rename',
    'zigbee2mqtt/door/set',
    'zigbee2mqtt/door/set/position',
    'zigbee2mqtt/door/get',
    'homeassistant/binary_sensor/0x00158d/contact/config',
    'zigbee2mqtt',
  ])('hears nothing in %s', (topic) => {
    expect(read(topic, BATTERY_REPORT)).toEqual({ uplinks: [], gateway: null, refusals: [] });
  });

  test('a device that was taken away leaves an empty message, which says nothing', () => {
    expect(read('zigbee2mqtt/door', '').uplinks).toEqual([]);
  });

  describe('a curtain', () => {
    test('is read by its position, whatever its state says', () => {
      const payload = { position: 100, state: 'CLOSE', running: false, motor_state: 'stopped' };
      expect(readingOf(read('zigbee2mqtt/curtain', payload))).toEqual({
        ...NOTHING_READ,
        position: 100,
        moving: false,
      });
    });

    test('without a position is read by its state', () => {
      expect(readingOf(read('zigbee2mqtt/curtain', { state: 'OPEN' })).contact).toBe('open');
      expect(readingOf(read('zigbee2mqtt/curtain', { state: 'CLOSE' })).contact).toBe('closed');
      expect(readingOf(read('zigbee2mqtt/plug', { state: 'ON' })).contact).toBeNull();
    });

    /** Koenkk/zigbee2mqtt issue 3652: what an Aqara motor sent on its way from 100 to 0. */
    test('that moves may tell a false 0 or 2, and says that it moves', () => {
      const sent = [
        { position: 2, running: true },
        { position: 0, running: true },
        { position: 0, running: false },
      ];
      expect(sent.map((payload) => readingOf(read('zigbee2mqtt/curtain', payload)).moving)).toEqual([
        true,
        true,
        false,
      ]);
    });

    test.each([
      [{ moving: 'UP' }, true],
      [{ moving: 'STOP' }, false],
      [{ motor_state: 'Opening', running: false }, true],
      [{ motor_state: 'pause' }, false],
      [{ motor_state: 'blocked' }, null],
      [{}, null],
    ])('%o moves: %s', (payload, moving) => {
      expect(readingOf(read('zigbee2mqtt/curtain', { position: 40, ...payload })).moving).toBe(moving);
    });
  });

  test('a battery out of range does not lose the contact', () => {
    const payload = { contact: false, battery: 255, position: 'up', tamper: 'no' };
    expect(readingOf(read('zigbee2mqtt/door', payload))).toEqual({ ...NOTHING_READ, contact: 'open' });
  });

  describe('the list of devices', () => {
    const devices = [
      { type: 'Coordinator', friendly_name: 'Coordinator' },
      { type: 'EndDevice', friendly_name: 'door', definition: { vendor: 'Aqara', model: 'MCCGQ11LM' } },
      { type: 'EndDevice', ieee_address: '0x00158d' },
    ];

    test('brings names and models when it was kept, and what cannot be read in it loses nobody', () => {
      const said = read('zigbee2mqtt/bridge/devices', devices, true);
      expect(said.uplinks).toMatchObject([
        { address: 'door', model: 'Aqara MCCGQ11LM', reading: NOTHING_READ },
      ]);
      expect(said.refusals).toEqual(['field_missing']);
    });

    test('that comes while we listen proves that nobody lives', () => {
      expect(read('zigbee2mqtt/bridge/devices', devices).uplinks).toEqual([]);
    });

    test('of a large house is left alone', () => {
      expect(read('zigbee2mqtt/bridge/devices', `["${'x'.repeat(70_000)}"]`, true).refusals).toEqual([]);
    });
  });

  test.each([
    ['not_json', 'zigbee2mqtt/door', '{"contact":'],
    ['too_large', 'zigbee2mqtt/door', `{"a":"${'x'.repeat(70_000)}"}`],
    ['bad_value', `zigbee2mqtt/${'x'.repeat(129)}`, '{}'],
    ['bad_value', 'zigbee2mqtt/bridge/state', 'perhaps'],
  ])('refuses with %s', (reason, topic, payload) => {
    expect(refusalOf(zigbee2mqtt, arrival(topic, payload))).toBe(reason);
  });
});
