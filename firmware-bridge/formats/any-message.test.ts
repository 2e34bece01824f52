import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REFUSALS } from '#contracts/bridge/formats.ts';
import { type Arrival, Refused, type Said } from '../model.ts';
import { looksLike } from './looks-like.ts';
import { READERS } from './registry.ts';
import { arrival } from './testing/arrivals.ts';

type Format = keyof typeof READERS;

/** Where each format listens, and a message there that opens a curtain. */
const OPENINGS: Record<Format, { topic: string; open: object | string }[]> = {
  chirpstack: [],
  things_stack: [],
  zigbee2mqtt: [
    { topic: 'zigbee2mqtt/a', open: { contact: false, battery: 60, tamper: false } },
    { topic: 'zigbee2mqtt/a/contact', open: 'false' },
  ],
  tasmota: [
    { topic: 'tele/a/SENSOR', open: { Time: '2021-01-01T00:00:00', Switch1: 'ON' } },
    { topic: 'stat/a/RESULT', open: { Switch1: { Action: 'ON' } } },
    { topic: 'tele/a/SENSOR', open: { ZbReceived: { '0x1': { Contact: 1, ZoneStatusChange: 33 } } } },
  ],
  shelly: [
    { topic: 'a/events/rpc', open: status({ 'bthomesensor:200': { id: 200, value: true } }) },
    { topic: 'a/events/rpc', open: status({ 'cover:0': { id: 0, state: 'open' } }) },
  ],
  esphome: [{ topic: 'a/binary_sensor/contact/state', open: 'ON' }],
  openmqttgateway: [
    { topic: 'home/g/BTtoMQTT/7C123456AB9F', open: { model_id: 'BSDOO', open: true, cont: true } },
  ],
  ctwing: [
    { topic: '', open: { messageType: 'dataReport', deviceId: 'a', payload: { door: 1, battery: 60 } } },
  ],
  onenet: [{ topic: '', open: { msg: { type: 1, dev_id: 1, ds_id: 'door', value: 1 } } }],
  maker_at_broker: [{ topic: 'pact/v1/a/tele/SENSOR', open: { Switch1: 'ON' } }],
};

const QUIET_TOPICS: Record<Format, string[]> = {
  chirpstack: [
    'application/a/device/0101010101010101/event/up',
    'application/a/device/0101010101010101/event/status',
  ],
  things_stack: ['v3/a@t/devices/d/up'],
  zigbee2mqtt: ['zigbee2mqtt/a/availability', 'zigbee2mqtt/bridge/state', 'zigbee2mqtt/bridge/devices'],
  tasmota: ['tele/a/LWT', 'stat/a/STATUS10'],
  shelly: ['a/online'],
  esphome: ['a/status', 'a/cover/c/state', 'a/cover/c/position/state'],
  openmqttgateway: ['home/g/LWT'],
  ctwing: [''],
  onenet: [''],
  maker_at_broker: ['pact/v1/a/status', 'pact/v1/a/events/rpc', 'pact/v1/a/cover/curtain/state'],
};

/** The property in which each sample says that it is open. */
const SAYS_OPEN = new Set(['contact', 'Switch1', 'Contact', 'value', 'state', 'open', 'door', 'Action']);

const FORMATS = Object.keys(READERS) as Format[];
const contactsOf = (said: Said) =>
  said.uplinks.flatMap((uplink) => (uplink.says === 'reading' ? [uplink.reading.contact] : []));

function readOrRefuse(format: Format, message: Arrival): Said | null {
  try {
    return READERS[format].read(message);
  } catch (error) {
    expect(error).toBeInstanceOf(Refused);
    expect(REFUSALS).toContain((error as Refused).reason);
    return null;
  }
}

function status(params: object): object {
  return { src: 'a', method: 'NotifyStatus', params: { ts: 1_736_604_020, ...params } };
}

describe.each(FORMATS)('%s', (format) => {
  const openings = OPENINGS[format];
  const topics = [...openings.map(({ topic }) => topic), ...QUIET_TOPICS[format]];
  const topic = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...topics) }, fc.string());

  test('no topic and no bytes make it throw anything but a refusal', () => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => new TextEncoder().encode(text)),
      fc.string().map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(
      fc.property(topic, payload, fc.boolean(), (at, bytes, retained) => {
        readOrRefuse(format, arrival(at, bytes, retained));
        looksLike(arrival(at, bytes));
      }),
      { numRuns: 300 },
    );
  });

  test('no field of a stranger makes it throw, or leave the ranges of a reading', () => {
    const samples = openings.map(({ topic: at, open }) => ({ at, open }));
    const field = fc.oneof(
      fc.jsonValue(),
      fc.integer(),
      fc.double(),
      fc.constantFrom('ON', 'open', true, 1, null),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...samples, { at: topics[0] ?? '', open: {} }),
        field,
        fc.nat(),
        ({ at, open }, value, which) => {
          const said = readOrRefuse(format, arrival(at, replaceOne(open, which, value)));
          for (const uplink of said?.uplinks ?? []) {
            expect(uplink.address).toMatch(/^[^\p{Cc}]{1,128}$/u);
            if (uplink.says !== 'reading') continue;
            for (const percent of [uplink.reading.battery, uplink.reading.position])
              expect(percent === null || (Number.isInteger(percent) && percent >= 0 && percent <= 100)).toBe(
                true,
              );
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each(openings)(
    'opens by $open at $topic, and by nothing that is left without it',
    ({ topic: at, open }) => {
      expect(contactsOf(READERS[format].read(arrival(at, open)))).toEqual(['open']);
      if (typeof open === 'string') return;
      const said = readOrRefuse(format, arrival(at, without(open)));
      expect(said ? contactsOf(said) : []).not.toContain('open');
    },
  );

  test.each(QUIET_TOPICS[format])('never opens by what comes at %s', (at) => {
    const word = fc.constantFrom('online', 'open', 'ON', 'true', '1', '100', '{"state":"online"}', '[]');
    const battery = fc.record({
      battery: fc.nat(100),
      deviceId: fc.string(),
      messageType: fc.constant('dataReport'),
    });
    fc.assert(
      fc.property(fc.oneof(word, battery, fc.json()), (payload) => {
        const said = readOrRefuse(format, arrival(at, payload));
        expect(said ? contactsOf(said) : []).not.toContain('open');
      }),
      { numRuns: 200 },
    );
  });
});

/** The same without any property that says open. */
function without(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !SAYS_OPEN.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, without(inner)]));
}

/** The same with one of its properties, at any depth, put to another value. */
function replaceOne(value: unknown, which: number, by: unknown): unknown {
  let left = which % (JSON.stringify(value).split('":').length || 1);
  const walk = (inner: unknown): unknown => {
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(
      Object.entries(inner).map(([key, each]) => {
        left -= 1;
        return [key, left === -1 ? by : walk(each)];
      }),
    );
  };
  return walk(value);
}
