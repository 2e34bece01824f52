import { Temporal } from 'temporal-polyfill';
import { expect, it } from 'vitest';

const EIGHT = Temporal.Instant.from('2026-11-24T08:00:00+08:00');

it.each([
  ['an instant', EIGHT, EIGHT.add({ seconds: 1 })],
  ['a date', Temporal.PlainDate.from('2026-11-24'), Temporal.PlainDate.from('2026-11-25')],
  ['a duration', Temporal.Duration.from({ minutes: 3 }), Temporal.Duration.from({ minutes: 4 })],
])('tells %s from another, within an object too', (_, one, other) => {
  expect({ at: one, more: 1 }).toMatchObject({ at: one });
  expect({ at: one, more: 1 }).not.toMatchObject({ at: other });
  expect({ at: one }).not.toEqual({ at: other });
  expect([one]).not.toEqual([String(one)]);
});
