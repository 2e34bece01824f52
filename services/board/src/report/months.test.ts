import { expect, test } from 'vitest';
import { datesOf, monthAfter, weekdayOf } from './months.ts';

test('months go on over the end of a year, both ways', () => {
  expect(monthAfter('2026-11', 2)).toBe('2027-01');
  expect(monthAfter('2026-01', -1)).toBe('2025-12');
  expect(monthAfter('2026-12', 0)).toBe('2026-12');
});

test('a month has all its dates, in a leap year too, and a week begins on Monday', () => {
  expect(datesOf('2028-02')).toHaveLength(29);
  expect(datesOf('2026-02').at(-1)).toBe('2026-02-28');
  expect(['2026-11-23', '2026-11-29'].map(weekdayOf)).toEqual([0, 6]);
});
