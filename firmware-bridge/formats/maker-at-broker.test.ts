import { describe, expect, test } from 'vitest';
import { makerAtBroker } from './maker-at-broker.ts';
import { arrival } from './testing/arrivals.ts';

const read = (rest: string, payload: unknown, sensorId = 'A-071') =>
  makerAtBroker.read(arrival(`pact/v1/${sensorId}/${rest}`, payload));

describe("a maker's device at our own broker", () => {
  test.each([
    ['tele/SENSOR', { Switch1: 'ON' }, 'A-071', { reading: { contact: 'open' } }],
    ['stat/RESULT', { Switch1: { Action: 'OFF' } }, 'A-071', { reading: { contact: 'closed' } }],
    [
      'stat/RESULT',
      { Shutter1: { Position: 56, Direction: 0 } },
      'A-071:Shutter1',
      { reading: { position: 56 } },
    ],
    ['tele/LWT', 'Online', 'A-071', { says: 'presence', online: true }],
    ['binary_sensor/contact/state', 'ON', 'A-071', { reading: { contact: 'open' } }],
    ['binary_sensor/motion/state', 'ON', 'A-071:motion', { says: 'reading' }],
    ['cover/curtain/position/state', '70', 'A-071', { reading: { position: 70 } }],
    ['status', 'offline', 'A-071', { says: 'presence', online: false }],
    ['online', 'true', 'A-071', { says: 'presence', online: true }],
    [
      'events/rpc',
      { method: 'NotifyStatus', params: { ts: 1, 'cover:0': { current_pos: 5 } } },
      'A-071',
      { reading: { position: 5 } },
    ],
    [
      'events/rpc',
      { method: 'NotifyStatus', params: { ts: 1, 'bthomesensor:200': { value: true } } },
      'A-071:bthomesensor:200',
      { reading: { contact: 'open' } },
    ],
  ])('%s', (rest, payload, address, expected) => {
    expect(read(rest, payload).uplinks).toMatchObject([{ address, name: null, ...expected }]);
  });

  test('an id that looks like a part of a topic speaks for itself and for nobody else', () => {
    for (const id of ['stat', 'tele', 'x'])
      expect(read('tele/SENSOR', { Switch1: 'ON' }, id).uplinks).toMatchObject([{ address: id }]);
  });

  test('no payload speaks for another sensor', () => {
    const told = { ZbReceived: { 'A-072': { Device: 'A-072', Name: 'A-072', Contact: 1 } } };
    expect(read('tele/SENSOR', told).uplinks).toMatchObject([{ address: 'A-071:A-072' }]);
  });

  test.each([
    ['event', { type: 'opened' }],
    ['tele/STATE', { POWER: 'ON' }],
    ['cmnd/POWER', 'ON'],
  ])('hears nothing in %s', (rest, payload) => {
    expect(read(rest, payload)).toEqual({ uplinks: [], gateway: null, refusals: [] });
  });

  test('hears nothing outside our topics', () => {
    expect(makerAtBroker.read(arrival('tele/x/SENSOR', { Switch1: 'ON' })).uplinks).toEqual([]);
    expect(read('tele/SENSOR', { Switch1: 'ON' }, 'a b').uplinks).toEqual([]);
  });
});
