import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOTHING_READ, Refused } from '#bridge/model.ts';
import type { Mapping } from '#contracts/bridge/mapping.ts';
import { applyMapping } from './apply-mapping.ts';
import { valueAt } from './json-pointer.ts';

const DOOR: Mapping = { contact: { path: '/door', open: ['open', 1, true], closed: ['closed', 0, false] } };
const read = (mapping: Mapping, value: unknown) => applyMapping(mapping, value).reading;

describe('a mapping', () => {
  it('finds each field where its rule says', () => {
    const mapping: Mapping = {
      ...DOOR,
      address: { path: '/device/id' },
      position: { path: '/blind', inverted: true },
      battery: { path: '/battery', unit: 'percent' },
      tamper: { path: '/lid', when: ['off'] },
      openings: { path: '/count' },
      at: { path: '/time', unit: 'seconds' },
      once: { path: '/serial' },
    };
    const value = {
      device: { id: 'A1' },
      door: 'open',
      blind: 30,
      battery: 88.4,
      lid: 'off',
      count: '14986',
      time: 1_764_000_000,
      serial: 7,
    };
    expect(applyMapping(mapping, value)).toEqual({
      reading: {
        ...NOTHING_READ,
        contact: 'open',
        position: 70,
        battery: 88,
        tamper: true,
        openings: 14_986,
        deviceAt: 1_764_000_000_000,
      },
      address: 'A1',
      onceKey: '7',
    });
  });

  it('says nothing of the curtain by a value in neither list, and nothing by one in both', () => {
    const mapping: Mapping = {
      contact: { path: '/door', open: ['open', 'ajar'], closed: ['closed', 'ajar'] },
      battery: { path: '/battery', unit: 'percent' },
    };
    expect(read(mapping, { door: 'fault', battery: 50 }).contact).toBeNull();
    expect(read(mapping, { door: 'ajar', battery: 50 }).contact).toBeNull();
    expect(read(mapping, { battery: 50 }).contact).toBeNull();
  });

  it('takes no value for another that only looks like it', () => {
    expect(() => read(DOOR, { door: '1' })).toThrow(new Refused('nothing_mapped'));
    expect(() => read(DOOR, { door: 'Open' })).toThrow(new Refused('nothing_mapped'));
    expect(() => read(DOOR, { door: null })).toThrow(new Refused('nothing_mapped'));
  });

  it.each([['dead'], [-1], [101], [Number.NaN], [{}], [null]])(
    'keeps a good contact beside the bad battery %j',
    (battery) => {
      const mapping: Mapping = { ...DOOR, battery: { path: '/battery', unit: 'percent' } };
      expect(read(mapping, { door: 1, battery })).toEqual({ ...NOTHING_READ, contact: 'open' });
    },
  );

  it('tells by volts only that a battery is nearly empty', () => {
    const volts: Mapping = { battery: { path: '/v', unit: 'volts' } };
    expect(read(volts, { v: 2.6 })).toEqual({ ...NOTHING_READ, batteryLow: true });
    expect(read(volts, { v: '3.6' })).toEqual({ ...NOTHING_READ, batteryLow: false });
    expect(read({ battery: { path: '/v', unit: 'millivolts' } }, { v: 2_699 }).batteryLow).toBe(true);
  });

  it('knows instants in the three spellings, and none of a device that counts from its start', () => {
    const at = (unit: 'rfc3339' | 'seconds' | 'milliseconds', t: unknown) =>
      read({ ...DOOR, at: { path: '/t', unit } }, { door: 1, t }).deviceAt;
    const instant = Date.UTC(2026, 10, 24, 23, 30);
    expect(at('rfc3339', '2026-11-25T07:30:00+08:00')).toBe(instant);
    expect(at('seconds', instant / 1_000)).toBe(instant);
    expect(at('milliseconds', String(instant))).toBe(instant);
    expect(at('seconds', 4_000)).toBeNull();
    expect(at('milliseconds', instant / 1_000)).toBeNull();
    expect(at('rfc3339', '2026-11-25T07:30:00')).toBeNull();
    expect(at('rfc3339', 'Wed, 25 Nov 2026')).toBeNull();
  });

  it('refuses what has nothing of a curtain in it, also with a time', () => {
    const mapping: Mapping = { ...DOOR, at: { path: '/t', unit: 'seconds' }, address: { path: '/id' } };
    expect(() => read(mapping, { t: 1_764_000_000, id: 'A1' })).toThrow(new Refused('nothing_mapped'));
    expect(() => read({}, { door: 1 })).toThrow(new Refused('nothing_mapped'));
  });

  it('never throws anything else, whatever it is given', () => {
    const pointer = fc
      .array(
        fc.constantFrom('a', 'b', '0', '1', '-', '~0', '~1', '~2', '', '__proto__', 'length', 'toString'),
        {
          minLength: 1,
          maxLength: 4,
        },
      )
      .map((tokens) => `/${tokens.join('/')}`);
    const values = fc.array(fc.oneof(fc.string(), fc.integer(), fc.boolean()), {
      minLength: 1,
      maxLength: 3,
    });
    const mapping = fc.record<Mapping>(
      {
        address: fc.record({ path: pointer }),
        contact: fc.record({ path: pointer, open: values, closed: values }),
        position: fc.record({ path: pointer, inverted: fc.boolean() }),
        battery: fc.record({
          path: pointer,
          unit: fc.constantFrom('percent' as const, 'volts' as const, 'millivolts' as const),
        }),
        tamper: fc.record({ path: pointer, when: values }),
        openings: fc.record({ path: pointer }),
        at: fc.record({
          path: pointer,
          unit: fc.constantFrom('rfc3339' as const, 'seconds' as const, 'milliseconds' as const),
        }),
        once: fc.record({ path: pointer }),
      },
      { requiredKeys: [] },
    );
    const json = fc.oneof(
      fc.jsonValue(),
      fc.object({ key: fc.constantFrom('a', 'b', '0', '1', '-', '~', '/', '', '__proto__') }),
    );
    let read = 0;
    fc.assert(
      fc.property(mapping, json, (rules, value) => {
        try {
          const { reading } = applyMapping(rules, value);
          read += 1;
          for (const percent of [reading.position, reading.battery]) {
            expect(percent === null || (percent >= 0 && percent <= 100)).toBe(true);
          }
        } catch (error) {
          expect(error).toEqual(new Refused('nothing_mapped'));
        }
      }),
      { seed: 6, numRuns: 1_000 },
    );
    expect(read).toBeGreaterThan(0);
  });
});

describe('a JSON pointer', () => {
  // The document and the answers of RFC 6901, section 5.
  const document = {
    foo: ['bar', 'baz'],
    '': 0,
    'a/b': 1,
    'c%d': 2,
    'e^f': 3,
    'g|h': 4,
    'i\\j': 5,
    'k"l': 6,
    ' ': 7,
    'm~n': 8,
  };
  it.each([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('finds %j as RFC 6901 has it', (pointer, found) => {
    expect(valueAt(document, pointer)).toEqual(found);
  });

  it('undoes ~1 before ~0, so that ~01 is a tilde and a one', () => {
    expect(valueAt({ '~1': 'tilde one', '/': 'slash' }, '/~01')).toBe('tilde one');
  });

  it.each([
    '/toString',
    '/__proto__',
    '/constructor',
    '/foo/length',
    '/foo/-',
    '/foo/01',
    '/foo/map',
    '/~2',
    'foo',
  ])('finds nothing at %s', (pointer) => {
    expect(valueAt(document, pointer)).toBeUndefined();
  });

  it('finds what JSON itself calls __proto__', () => {
    expect(valueAt(JSON.parse('{"__proto__":{"door":1}}'), '/__proto__/door')).toBe(1);
    expect(valueAt(JSON.parse('{"__proto__":{"door":1}}'), '/door')).toBeUndefined();
  });
});
