import { describe, expect, test } from 'vitest';
import { NOTHING_READ } from '../model.ts';
import { esphome } from './esphome.ts';
import { arrival, onlyUplink, readingOf, refusalOf } from './testing/arrivals.ts';

const read = (topic: string, payload: string) => esphome.read(arrival(topic, payload, true));

describe('ESPHome', () => {
  test('ON is open, as its device classes door, window and opening say', () => {
    expect(onlyUplink(read('flat/071/binary_sensor/contact/state', 'ON'))).toMatchObject({
      address: 'flat/071',
      says: 'reading',
      reading: { ...NOTHING_READ, contact: 'open' },
    });
    expect(readingOf(read('n/binary_sensor/contact/state', 'OFF')).contact).toBe('closed');
  });

  test('a cover is read by its position; its state, open from 1 % on, opens nothing', () => {
    expect(onlyUplink(read('n/cover/curtain/position/state', '42'))).toMatchObject({
      address: 'n',
      reading: { ...NOTHING_READ, position: 42 },
    });
    expect(
      ['open', 'opening', 'CLOSED'].map((state) => readingOf(read('n/cover/curtain/state', state))),
    ).toEqual([
      { ...NOTHING_READ, moving: false },
      { ...NOTHING_READ, moving: true },
      { ...NOTHING_READ, contact: 'closed', moving: false },
    ]);
  });

  test('newer nodes put state and position of a cover into one message', () => {
    expect(readingOf(read('n/cover/curtain/state', '{"state":"opening","position":42,"tilt":0}'))).toEqual({
      ...NOTHING_READ,
      position: 42,
      moving: true,
    });
    expect(readingOf(read('n/cover/curtain/state', '{"state":"closed"}')).contact).toBe('closed');
  });

  test('another entity of the node is never taken for the curtain', () => {
    expect(onlyUplink(read('n/binary_sensor/motion/state', 'ON')).address).toBe('n:motion');
    expect(onlyUplink(read('n/cover/awning/position/state', '5')).address).toBe('n:awning');
  });

  test('its last will speaks for the node', () => {
    expect(onlyUplink(read('flat/071/status', 'offline'))).toMatchObject({
      address: 'flat/071',
      says: 'presence',
      online: false,
    });
  });

  test.each([
    ['n/sensor/battery/state', '60'],
    ['n/binary_sensor/contact/position/state', '60'],
    ['n/cover/curtain/tilt/state', '60'],
    ['n/debug', 'x'],
    ['homeassistant/status', 'online'],
    ['homeassistant/binary_sensor/n/contact/config', '{}'],
    ['n/binary_sensor/contact/state', ''],
  ])('hears nothing in %s', (topic, payload) => {
    expect(read(topic, payload)).toEqual({ uplinks: [], gateway: null, refusals: [] });
  });

  test.each([
    ['n/binary_sensor/contact/state', 'on?'],
    ['n/cover/curtain/state', 'ajar'],
    ['n/cover/curtain/state', '{"position":100}'],
    ['n/cover/curtain/position/state', '101'],
    ['n/cover/curtain/position/state', 'nan'],
    ['n/status', 'asleep'],
  ])('refuses %s %s', (topic, payload) => {
    expect(refusalOf(esphome, arrival(topic, payload))).toBe('bad_value');
  });
});
