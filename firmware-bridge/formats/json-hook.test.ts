import { describe, expect, test } from 'vitest';
import { NOTHING_READ, Refused } from '../model.ts';
import { type ApplyMapping, jsonHook } from './json-hook.ts';
import { arrival, refusalOf } from './testing/arrivals.ts';

/** The operator's rules in the least form: the reader hands them on and knows nothing of them. */
const mapping = { contact: { path: '/open', open: [true], closed: [false] } };
const apply: ApplyMapping = (rules, value) => {
  const { who, open, key } = value as { who?: string; open?: boolean; key?: string };
  if (rules !== mapping || open === undefined) throw new Refused('nothing_mapped');
  return {
    reading: { ...NOTHING_READ, contact: open ? 'open' : 'closed' },
    address: who ?? null,
    onceKey: key ?? null,
  };
};
const hook = jsonHook(mapping, apply);

describe('a JSON push of anybody', () => {
  test('is read by the mapping, one object or several', () => {
    const one = { who: '071', open: true, key: 'k1' };
    const read = { address: '071', onceKey: 'k1', reading: { ...NOTHING_READ, contact: 'open' } };
    expect(hook.read(arrival('', one)).uplinks).toMatchObject([read]);
    expect(hook.read(arrival('', [one, { who: '072', open: false }])).uplinks).toMatchObject([
      read,
      { address: '072', onceKey: null },
    ]);
  });

  test('a bad one loses nobody', () => {
    const said = hook.read(arrival('', [{ who: '071', open: true }, { open: true }, 7, { who: '072' }]));
    expect(said.uplinks).toHaveLength(1);
    expect(said.refusals).toEqual(['field_missing', 'not_an_object', 'nothing_mapped']);
  });

  test('is refused where nothing of it can be used', () => {
    expect(refusalOf(hook, arrival('', { who: '071' }))).toBe('nothing_mapped');
    expect(refusalOf(hook, arrival('', 'open'))).toBe('not_json');
  });
});
