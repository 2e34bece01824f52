import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { asksWhetherBack } from './leave.ts';

const leave = {
  fromOn: Temporal.PlainDate.from('2026-11-24'),
  untilOn: Temporal.PlainDate.from('2026-11-28'),
};

test.each([
  ['2026-11-23', false],
  ['2026-11-24', false],
  ['2026-11-25', true],
  ['2026-11-27', true],
  ['2026-11-28', false],
  ['2026-11-29', false],
])('a curtain that opens on %s asks whether somebody is back: %s', (date, asks) => {
  expect(asksWhetherBack(leave, Temporal.PlainDate.from(date))).toBe(asks);
});
