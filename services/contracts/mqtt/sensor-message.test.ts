import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '#pact/text/language.ts';
import { UNREAD_TEXT } from '#pact/text/unread.ts';
import { parseRfc3339 } from './rfc3339.ts';
import { MESSAGE_TYPES, parseSensorMessage, parseStatus, UNREADABLE } from './sensor-message.ts';
import { eventTopic, isOwnFilter, isSensorId, parseTopic, statusTopic } from './topics.ts';

const read = (payload: unknown) => parseSensorMessage(Buffer.from(JSON.stringify(payload)));
const reasonOf = (payload: string | Buffer) => {
  const parsed = parseSensorMessage(Buffer.from(payload));
  return parsed.ok ? 'ok' : parsed.reason;
};

describe('what a sensor says', () => {
  test('reads every field, and ignores the ones it does not know', () => {
    const payload = {
      type: 'position',
      at: '2026-11-24T07:41:03.250+08:00',
      seq: 17,
      position: 80,
      battery: 88.4,
      rssi: -71,
      firmware: '1.0.3',
      mood: { nested: [1] },
    };
    expect(read(payload)).toEqual({
      ok: true,
      message: {
        type: 'position',
        at: Date.UTC(2026, 10, 23, 23, 41, 3, 250),
        seq: 17,
        position: 80,
        battery: 88,
        rssi: -71,
        firmware: '1.0.3',
      },
    });
  });

  test('takes a field that is null for one that is missing', () => {
    expect(read({ type: 'opened', at: null, seq: null, battery: null })).toEqual(read({ type: 'opened' }));
  });

  test.each([
    ['too_large', `{"type":"opened","x":"${'a'.repeat(1_024)}"}`],
    ['not_utf8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['too_deep', '{"a":[[[[1]]]]}'],
    ['too_deep', '['.repeat(1_000)],
    ['not_json', '{"type":'],
    ['not_json', ''],
    ['not_an_object', '"opened"'],
    ['not_an_object', '[{"type":"opened"}]'],
    ['not_an_object', 'null'],
    ['type_missing', '{}'],
    ['type_missing', '{"__proto__":{"type":"opened"}}'],
    ['type_unknown', '{"type":"open"}'],
    ['type_unknown', '{"type":["opened"]}'],
    ['at_invalid', '{"type":"opened","at":"2026-11-24T07:41:03"}'],
    ['at_invalid', '{"type":"opened","at":1.5}'],
    ['at_invalid', '{"type":"opened","at":1e300}'],
    ['seq_invalid', '{"type":"opened","seq":"17"}'],
    ['seq_invalid', '{"type":"opened","seq":-1}'],
    ['seq_invalid', '{"type":"opened","seq":9007199254740993}'],
    ['position_missing', '{"type":"position"}'],
    ['position_invalid', '{"type":"position","position":101}'],
    ['battery_invalid', '{"type":"opened","battery":-1}'],
    ['rssi_invalid', '{"type":"opened","rssi":"-71"}'],
    ['firmware_invalid', '{"type":"opened","firmware":"\\u0000"}'],
    ['firmware_invalid', '{"type":"opened","firmware":"\\ud800"}'],
  ])('refuses with %s: %s', (reason, payload) => {
    expect(reasonOf(payload)).toBe(reason);
  });

  test('brackets inside a text do not count as depth', () => {
    expect(reasonOf('{"type":"opened","note":"[[[[[[\\"[[["}')).toBe('ok');
  });

  test('no bytes make it throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_100 }), (bytes) => {
        const parsed = parseSensorMessage(bytes);
        expect(parsed.ok || UNREADABLE.includes(parsed.reason)).toBe(true);
        expect(parseStatus(bytes).ok).toBe(['online', 'offline'].includes(Buffer.from(bytes).toString()));
      }),
      { numRuns: 2_000 },
    );
  });

  test('no JSON makes it throw, and what it reads is inside its ranges', () => {
    const field = fc.oneof(fc.jsonValue(), fc.integer(), fc.double());
    const payload = fc.record(
      {
        type: fc.constantFrom(...MESSAGE_TYPES, 'x'),
        at: field,
        seq: field,
        position: field,
        battery: field,
        rssi: field,
        firmware: field,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(payload, (value) => {
        const parsed = read(value);
        if (!parsed.ok) return;
        const { at, seq, position, battery } = parsed.message;
        for (const integer of [at, seq, position, battery])
          expect(integer ?? 0).toSatisfy(Number.isSafeInteger);
        for (const percent of [position, battery])
          expect(Math.abs((percent ?? 0) - 50)).toBeLessThanOrEqual(50);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('times by RFC 3339', () => {
  test('agree with the platform on every instant of four digits', () => {
    fc.assert(
      fc.property(
        fc.date({
          min: new Date('0001-01-01T00:00:00Z'),
          max: new Date('9999-12-31T23:59:59Z'),
          noInvalidDate: true,
        }),
        (date) => {
          expect(parseRfc3339(date.toISOString())).toBe(date.getTime());
        },
      ),
    );
  });

  test.each([
    ['2026-02-30T00:00:00Z', undefined],
    ['2026-01-01T24:00:00Z', undefined],
    ['2026-01-01 07:00:00.1234567-05:30', Date.UTC(2026, 0, 1, 12, 30, 0, 123)],
    ['2016-12-31t23:59:60z', Date.UTC(2016, 11, 31, 23, 59, 59, 999)],
    ['2026-01-01T00:00Z', undefined],
  ])('%s', (text, expected) => {
    expect(parseRfc3339(text)).toBe(expected);
  });
});

describe('topics', () => {
  test('are read as they are built', () => {
    expect(parseTopic(eventTopic('A-1.b_2'))).toEqual({ sensorId: 'A-1.b_2', kind: 'event' });
    expect(parseTopic(statusTopic('A-1'))).toEqual({ sensorId: 'A-1', kind: 'status' });
  });

  test.each([
    'pact/v1/a',
    'pact/v1//event',
    'pact/v1/a/b/event',
    'pact/v2/a/event',
    'pact/v1/+/event',
    'pact/v1/a/event/',
  ])('%s is none of ours', (topic) => {
    expect(parseTopic(topic)).toBeUndefined();
  });

  test('a sensor may listen to its own topics and to no other', () => {
    expect(isOwnFilter('a', 'pact/v1/a/+')).toBe(true);
    expect(isOwnFilter('a', 'pact/v1/a/command')).toBe(true);
    for (const filter of ['#', 'pact/v1/+/event', 'pact/v1/ab/+', 'pact/v1/a', 'pact/v1/a/+/+', '$SYS/#']) {
      expect(isOwnFilter('a', filter)).toBe(false);
    }
  });

  test('an id holds nothing that means something in a topic', () => {
    for (const id of ['', 'a/b', 'a+', '#', 'a b', '-a', 'a'.repeat(65), 'é', '~bridge'])
      expect(isSensorId(id)).toBe(false);
  });
});

test.each(LANGUAGES)('every reason has its words (%s)', (language) => {
  expect(Object.keys(UNREAD_TEXT[language]).sort()).toEqual([...UNREADABLE].sort());
});
