import { describe, expect, test } from 'vitest';
import { NOTHING_READ } from '../model.ts';
import { shelly } from './shelly.ts';
import { arrival, onlyUplink, readingOf, refusalOf } from './testing/arrivals.ts';

const TS = 1_736_604_020.06;
const AT = 1_736_604_020_060;

const read = (params: object, method = 'NotifyStatus') =>
  shelly.read(arrival('shelly-071/events/rpc', { src: 'shellyplus2pm-08b61fd90730', method, params }));
const cover = (status: object) => readingOf(read({ ts: TS, 'cover:0': { id: 0, ...status } }));
const sensor = (status: object, ts = TS) => read({ ts, 'bthomesensor:200': { id: 200, ...status } });

describe('Shelly', () => {
  test('an opening that its gateway heard', () => {
    expect(onlyUplink(sensor({ value: true }))).toEqual({
      address: 'shelly-071:bthomesensor:200',
      name: 'shelly-071:bthomesensor:200',
      model: null,
      onceKey: `shelly-071:bthomesensor:200/${AT}/{"id":200,"value":true}`,
      frameCounter: null,
      networkAt: null,
      rssi: null,
      says: 'reading',
      reading: { ...NOTHING_READ, contact: 'open', deviceAt: AT },
    });
  });

  test('uptime instead of a clock is no time, and nothing by which two messages are one', () => {
    expect(onlyUplink(sensor({ value: true }, 37.51))).toMatchObject({
      onceKey: null,
      reading: { contact: 'open', deviceAt: null },
    });
  });

  test('a message that came twice has the same key, the next one another', () => {
    const [first, again, closed, later] = [
      sensor({ value: true }),
      sensor({ value: true }),
      sensor({ value: false }),
      sensor({ value: true }, TS + 1),
    ].map((said) => onlyUplink(said).onceKey);
    expect(again).toBe(first);
    expect(new Set([first, closed, later]).size).toBe(3);
  });

  test('a number of an object that is not told is no opening: it may be the light of the morning', () => {
    expect(sensor({ value: 1 }).uplinks).toEqual([]);
    expect(readingOf(sensor({ last_updated_ts: 1_736_604_020 }))).toEqual({ ...NOTHING_READ, deviceAt: AT });
  });

  test.each([
    [0x11, 1, { contact: 'open' }],
    [0x1a, true, { contact: 'open' }],
    [0x1b, 0, { contact: 'closed' }],
    [0x2d, false, { contact: 'closed' }],
    [0x01, 88, { battery: 88 }],
    [0x01, 1, { battery: 1 }],
    [0x15, true, { batteryLow: true }],
    [0x2b, 1, { tamper: true }],
  ])('object %i with the value %s', (obj_id, value, expected) => {
    expect(readingOf(sensor({ obj_id, idx: 0, value }))).toEqual({
      ...NOTHING_READ,
      deviceAt: AT,
      ...expected,
    });
  });

  test.each([
    [0x05, 1],
    [0x21, true],
    [0x3a, 1],
    [0x2d, 7],
  ])('object %i with the value %s says nothing of a curtain', (obj_id, value) => {
    expect(sensor({ obj_id, value }).uplinks).toEqual([]);
  });

  test("goes by the device's own address where that is told, for slots change hands", () => {
    const said = sensor({ obj_id: 0x2d, addr: '3c:2e:f5:71:d5:2a', value: true });
    expect(onlyUplink(said).address).toBe('shelly-071:3C2EF571D52A');
  });

  test('several sensors in one notice are several devices, and a bad one loses nobody', () => {
    const said = read({
      ts: TS,
      'bthomesensor:200': { id: 200, value: true },
      'bthomesensor:201': { id: 201, value: false },
      'bthomesensor:202': { id: 202, addr: 'here', value: true },
      'wifi:0': { rssi: -50 },
    });
    expect(said.uplinks.map(({ address }) => address)).toEqual([
      'shelly-071:bthomesensor:200',
      'shelly-071:bthomesensor:201',
    ]);
    expect(said.refusals).toEqual(['bad_value']);
  });

  test('an event is read as a status is', () => {
    const events = [
      { component: 'bthomesensor:200', id: 200, obj_id: 0x2d, value: true, ts: TS },
      { component: 'bthomedevice:200', id: 200, event: 'single_push', idx: 0, ts: TS },
      { component: 'sys', event: 'ota_progress', ts: TS },
    ];
    expect(readingOf(read({ ts: TS, events }, 'NotifyEvent')).contact).toBe('open');
  });

  test('a cover tells position, move and who moved it', () => {
    expect(cover({ source: 'button', state: 'opening', current_pos: 40, target_pos: 100 })).toEqual({
      ...NOTHING_READ,
      position: 40,
      moving: true,
      movedBy: 'person',
      deviceAt: AT,
    });
    expect(onlyUplink(read({ ts: TS, 'cover:0': {} })).address).toBe('shelly-071');
    expect(onlyUplink(read({ ts: TS, 'cover:1': {} })).address).toBe('shelly-071:cover:1');
  });

  test.each([
    ['switch', 'person'],
    ['schedule', 'motor'],
    ['HTTP_in', 'motor'],
    ['timer', 'motor'],
    ['limit_switch', null],
    ['timeout', null],
    [undefined, null],
  ])('a move by %s is one by %s', (source, movedBy) => {
    expect(cover({ source, state: 'stopped', current_pos: 100 }).movedBy).toBe(movedBy);
  });

  test('a cover that is not calibrated is open or closed only where it is so fully', () => {
    expect(cover({ state: 'open', current_pos: null }).contact).toBe('open');
    expect(cover({ state: 'closed' }).contact).toBe('closed');
    expect(cover({ state: 'stopped' })).toMatchObject({ contact: null, moving: false });
    expect(cover({ aenergy: { total: 3 } })).toEqual({ ...NOTHING_READ, deviceAt: AT });
  });

  test.each([
    ['true', true],
    ['false', false],
  ])('online %s speaks for the whole node', (payload, online) => {
    expect(onlyUplink(shelly.read(arrival('shelly-071/online', payload, true)))).toMatchObject({
      address: 'shelly-071',
      says: 'presence',
      online,
    });
  });

  test('hears nothing in the rest', () => {
    expect(shelly.read(arrival('shelly-071/online', 'perhaps')).uplinks).toEqual([]);
    expect(shelly.read(arrival('shelly-071/status/cover:0', '{}')).uplinks).toEqual([]);
    expect(read({ ts: TS }, 'Shelly.GetStatus').uplinks).toEqual([]);
    expect(refusalOf(shelly, arrival('shelly-071/events/rpc', '[]'))).toBe('not_an_object');
  });
});
