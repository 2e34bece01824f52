import { expect, test } from 'vitest';
import { lookOf } from '../facade/look.ts';
import { home } from '../testing/home.ts';
import { type Column, createSorter } from './sort-homes.ts';

const at = Date.parse('2026-11-24T06:00:00+08:00');
const homes = [
  home({ code: '10', building: '3', room: '1001', steward: '李', lastSeenAt: '2026-11-23T20:00:00Z' }),
  home({ code: '9', building: '3', room: '201', steward: '王', state: 'missed' }),
  home({ code: '2', building: '12', room: '101', steward: '李', lastSeenAt: '2026-11-23T10:00:00Z' }),
];

test('homes stand in the order that people count, by every column and both ways', () => {
  const sort = createSorter();
  const by = (column: Column, down = false) =>
    sort(homes, { by: column, down }, (one) => lookOf(one, at)).map(({ code }) => code);
  expect(by('code')).toEqual(['2', '9', '10']);
  expect(by('code', true)).toEqual(['10', '9', '2']);
  expect(by('place')).toEqual(['9', '10', '2']);
  expect(by('steward')).toEqual(['2', '10', '9']);
  expect(by('state')).toEqual(['9', '2', '10']);
  expect(by('heard')).toEqual(['9', '2', '10']);
});

test('a home that changed stands in its order with what is new of it, and one that got another number moves', () => {
  const sort = createSorter();
  const order = { by: 'code', down: false } as const;
  sort(homes, order, (one) => lookOf(one, at));
  const [first, ...others] = homes;
  const opened = [{ ...first, state: 'kept' } as (typeof homes)[0], ...others];
  expect(sort(opened, order, (one) => lookOf(one, at)).at(-1)).toBe(opened[0]);
  const renumbered = [{ ...first, code: '1' } as (typeof homes)[0], ...others];
  expect(sort(renumbered, order, (one) => lookOf(one, at))[0]).toBe(renumbered[0]);
});
