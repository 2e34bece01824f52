import { describe, expect, test } from 'vitest';
import { NOTHING_READ } from '../model.ts';
import { tasmota } from './tasmota.ts';
import { arrival, onlyUplink, readingOf, refusalOf } from './testing/arrivals.ts';
import { zigbee2mqtt } from './zigbee2mqtt.ts';

const read = (topic: string, payload: unknown) => tasmota.read(arrival(topic, payload));

/** From Tasmota's document on Zigbee. */
const ZB_RECEIVED = {
  ZbReceived: {
    '0x662E': {
      Device: '0x662E',
      Name: 'door_sensor',
      ZoneStatusChange: 33,
      Contact: 1,
      Endpoint: 1,
      LinkQuality: 157,
    },
  },
};

describe('Tasmota', () => {
  test("Tasmota's opposite polarity: 1 is open, where Zigbee2MQTT's true is closed", () => {
    expect(readingOf(read('tele/bridge/SENSOR', ZB_RECEIVED)).contact).toBe('open');
    expect(readingOf(zigbee2mqtt.read(arrival('zigbee2mqtt/door', { contact: true }))).contact).toBe(
      'closed',
    );
  });

  test('the repeated state of a switch is a reading without a time, for its Time has no zone', () => {
    expect(onlyUplink(read('tele/window/SENSOR', { Time: '2021-01-01T00:00:00', Switch1: 'ON' }))).toEqual({
      address: 'window',
      name: 'window',
      model: null,
      onceKey: null,
      frameCounter: null,
      networkAt: null,
      rssi: null,
      says: 'reading',
      reading: { ...NOTHING_READ, contact: 'open' },
    });
  });

  test.each([
    ['stat/window/RESULT', { Switch1: { Action: 'OFF' } }],
    ['window/stat/RESULT', { Switch1: { Action: 'OFF' } }],
    ['window/tele/SENSOR', { Switch1: 'OFF' }],
    ['stat/window/STATUS10', { StatusSNS: { Time: '2021-01-01T00:00:00', Switch1: 'OFF' } }],
  ])('reads a switch at %s', (topic, payload) => {
    expect(onlyUplink(read(topic, payload))).toMatchObject({
      address: 'window',
      reading: { ...NOTHING_READ, contact: 'closed' },
    });
  });

  test('more switches are more devices, and a button is none', () => {
    const said = read('tele/flat/window/SENSOR', { Switch1: 'TOGGLE', Switch2: 'OFF', Switch3: 'ON' });
    expect(said.uplinks.map(({ address }) => address)).toEqual([
      'flat/window:Switch2',
      'flat/window:Switch3',
    ]);
  });

  test('a shutter tells its position and whether it is under way', () => {
    const at = (Direction: number) =>
      read('stat/blind/RESULT', { Shutter1: { Position: 56, Direction, Target: 56, Tilt: 0 } });
    expect(onlyUplink(at(0))).toMatchObject({
      address: 'blind:Shutter1',
      reading: { ...NOTHING_READ, position: 56, moving: false },
    });
    expect(readingOf(at(-1)).moving).toBe(true);
    expect(read('stat/blind/RESULT', { Shutter1: { Position: 156 } }).uplinks).toEqual([]);
  });

  test("its bridge's devices go by name behind the bridge, and tell tamper and battery by their zone", () => {
    expect(onlyUplink(read('tele/bridge/SENSOR', ZB_RECEIVED))).toMatchObject({
      address: 'bridge:door_sensor',
      name: 'door_sensor',
      reading: { ...NOTHING_READ, contact: 'open', tamper: false, batteryLow: false },
    });
    const nameless = {
      ZbReceived: { '0x662E': { Device: '0x662E', ZoneStatusChange: 44, BatteryPercentage: 71 } },
    };
    expect(onlyUplink(read('tele/bridge/SENSOR', nameless))).toMatchObject({
      address: 'bridge:0x662E',
      reading: { ...NOTHING_READ, tamper: true, batteryLow: true, battery: 71 },
    });
  });

  test('a device that cannot be addressed does not lose its neighbour', () => {
    const both = { ZbReceived: { ...ZB_RECEIVED.ZbReceived, ['x'.repeat(200)]: { Contact: 0 } } };
    const said = read('tele/bridge/SENSOR', both);
    expect(said.uplinks.map(({ address }) => address)).toEqual(['bridge:door_sensor']);
    expect(said.refusals).toEqual(['bad_value']);
  });

  test('its last will speaks for the node and what is behind it', () => {
    expect(onlyUplink(read('tele/bridge/LWT', 'Offline'))).toMatchObject({
      address: 'bridge',
      says: 'presence',
      online: false,
    });
    expect(refusalOf(tasmota, arrival('tele/bridge/LWT', 'gone'))).toBe('bad_value');
  });

  test.each([
    ['tele/x/STATE', { POWER: 'ON' }],
    ['tele/x/INFO1', { Info1: { Module: 'Sonoff' } }],
    ['stat/x/RESULT', { POWER: 'ON' }],
    ['stat/x/POWER', 'ON'],
    ['cmnd/x/POWER', 'ON'],
    ['tasmota/discovery/49A3BC/config', { t: 'x' }],
    ['tele/SENSOR', { Switch1: 'ON' }],
  ])('hears nothing in %s', (topic, payload) => {
    expect(read(topic, payload)).toEqual({ uplinks: [], gateway: null, refusals: [] });
  });
});
