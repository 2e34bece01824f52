import { describe, expect, it } from 'vitest';
import { draftOf, leavesOf, mappingOf, ruleFor, sampleOf, told } from './mapping-draft.ts';

describe('the fields of a sample', () => {
  it('are shown each with the pointer that leads to it', () => {
    expect(leavesOf({ door: 'open', list: [{ 'a/b~c': 1 }], none: null })).toEqual([
      { path: '/door', value: 'open' },
      { path: '/list/0/a~1b~0c', value: 1 },
      { path: '/none', value: null },
    ]);
  });

  it('deeper than a mapping can point are not offered', () => {
    expect(leavesOf(JSON.parse(`${'{"a":'.repeat(9)}1${'}'.repeat(9)}`))).toEqual([]);
    expect(leavesOf('bare')).toEqual([]);
  });
});

describe('a field that is the contact', () => {
  it.each([
    ['open', 'closed'],
    ['CLOSE', 'OPEN'],
    [1, '0'],
    [false, 'true'],
    ['ajar', ''],
  ])('is told by one word what %j means, and guesses the opposite', (value, opposite) => {
    const rule = told(ruleFor('contact', { path: '/door', value }), value, 'open');
    expect(rule).toMatchObject({ path: '/door', open: String(value), closed: opposite });
  });

  it('keeps what was typed of the other value', () => {
    expect(told({ path: '/d', type: 'string', closed: 'shut' }, 'open', 'open').closed).toBe('shut');
    expect(told({ path: '/d', type: 'string', open: 'a', closed: 'b' }, 'a', 'closed')).toMatchObject({
      closed: 'a',
      open: '',
    });
  });
});

it('makes the mapping of what is complete, with values of the type that the sample has', () => {
  expect(
    mappingOf({
      contact: { path: '/door', type: 'number', open: '1, 2', closed: '0,x' },
      battery: { path: '/v', unit: 'volts' },
      tamper: { path: '/lid', type: 'boolean', when: '' },
      position: { path: '/p', inverted: true },
    }),
  ).toEqual({
    contact: { path: '/door', open: [1, 2], closed: [0] },
    battery: { path: '/v', unit: 'volts' },
    position: { path: '/p', inverted: true },
  });
  expect(mappingOf({ contact: { path: '/door', type: 'string', open: 'open' } })).toEqual({});
});

it('makes a form of a mapping and the same mapping of that form', () => {
  const mapping = {
    contact: { path: '/door', open: [true], closed: [false] },
    position: { path: '/p' },
    battery: { path: '/b', unit: 'percent' as const },
    tamper: { path: '/t', when: ['off', 'gone'] },
    openings: { path: '/n' },
    at: { path: '/at', unit: 'seconds' as const },
  };
  expect(mappingOf(draftOf(mapping))).toEqual(mapping);
});

it('knows a frame in hex, however it is written, and in base64', () => {
  expect(sampleOf(' 01 75 64 ')).toEqual({ hex: '01 75 64' });
  expect(sampleOf('0x03,0x00')).toEqual({ hex: '0x03,0x00' });
  expect(sampleOf('AwAB')).toEqual({ base64: 'AwAB' });
  expect(sampleOf('qg==')).toEqual({ base64: 'qg==' });
  for (const none of ['', '017', '开']) expect(sampleOf(none)).toBeUndefined();
});
