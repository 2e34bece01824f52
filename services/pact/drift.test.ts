import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { type Drift, type DriftDay, findDrift } from './drift.ts';

const TODAY = Temporal.PlainDate.from('2026-11-24');
/** A scatter of up to a quarter of an hour that is the same every time. */
const WOBBLE = [3, -7, 12, -2, 8, -14, 5, 0, -9, 15, -4, 6, -11, 1];

/** The 28 days before today; `minuteOf` tells the opening of the day by its place, or none. */
const days = (
  minuteOf: (x: number) => number | undefined,
  contactsOf: (x: number) => number = (x) => (minuteOf(x) === undefined ? 0 : 1),
) =>
  Array.from({ length: 28 }, (_, x): DriftDay => {
    const minute = minuteOf(x);
    return { on: TODAY.subtract({ days: 28 - x }), minute, contacts: contactsOf(x) };
  });
const at = (hour: number, minute = 0) => hour * 60 + minute;
const wobble = (x: number) => WOBBLE[x % WOBBLE.length] ?? 0;
const found = (all: readonly DriftDay[]) => findDrift(all, TODAY)?.kind;

test.each([
  [
    'mornings that come later by two and a half minutes a day',
    days((x) => at(6, 30) + 2.5 * x + wobble(x)),
    'later',
  ],
  ['steady mornings', days((x) => at(6, 30) + wobble(x)), undefined],
  ['mornings that come earlier', days((x) => at(7, 30) - 2.5 * x + wobble(x)), undefined],
  ['less than 40 minutes in four weeks', days((x) => at(6, 30) + 1.2 * x + wobble(x)), undefined],
  ['a single morning at noon', days((x) => (x === 27 ? at(12) : at(6, 30) + wobble(x))), undefined],
  ['three late ones in a row', days((x) => (x > 24 ? at(9) : at(6, 30) + wobble(x))), undefined],
  ['an elder without any rhythm', days((x) => at(7) + 60 * Math.sin(x * 2.7) + 2 * x), undefined],
  [
    'a drift in spite of odd mornings',
    days((x) => (x % 7 === 3 ? at(11) : at(6) + 3 * x + wobble(x))),
    'later',
  ],
  [
    'too few openings',
    days(
      (x) => (x % 3 === 0 ? at(6) + 4 * x : undefined),
      () => 1,
    ),
    undefined,
  ],
  [
    'openings of the last fortnight only',
    days(
      (x) => (x < 13 ? undefined : at(6) + 6 * x),
      () => 1,
    ),
    undefined,
  ],
  ['nothing known at all', [], undefined],
] as [string, DriftDay[], Drift['kind'] | undefined][])('%s', (_what, all, kind) => {
  expect(found(all)).toBe(kind);
});

test('the line says from when to when', () => {
  expect(
    findDrift(
      days((x) => at(6, 30) + 3 * x),
      TODAY,
    ),
  ).toEqual({ kind: 'later', from: at(6, 30), to: at(7, 51) });
});

const heard = (contactsOf: (x: number) => number) => days(() => undefined, contactsOf);
test.each([
  ['heard of every day, then every third', heard((x) => (x < 14 || x % 3 === 0 ? 1 : 0)), 'fewer'],
  ['heard of on most days of both halves', heard((x) => (x % 5 === 0 ? 0 : 1)), undefined],
  ['hardly heard of before either', heard((x) => (x % 4 === 0 && x < 14 ? 1 : 0)), undefined],
  ['often a day, then once a day: still heard of', heard((x) => (x < 14 ? 4 : 1)), undefined],
  [
    'away for most of the second half',
    heard((x) => (x < 14 ? 1 : 0)).filter(({ on }) => on.until(TODAY).days > 10),
    undefined,
  ],
] as [string, DriftDay[], Drift['kind'] | undefined][])('%s', (_what, all, kind) => {
  expect(found(all)).toBe(kind);
});

test('days away are in neither half: the shares are compared', () => {
  const all = heard((x) => (x < 14 || x % 2 === 0 ? 1 : 0));
  const atHome = all.filter((_, x) => x < 14 || x % 2 === 0);
  expect(findDrift(atHome, TODAY)).toBeUndefined();
  expect(findDrift(all, TODAY)).toEqual({ kind: 'fewer', from: 14, to: 7 });
});

test('what lies outside the four weeks says nothing', () => {
  const older = days((x) => at(6) + 4 * x).map((day) => ({ ...day, on: day.on.subtract({ days: 28 }) }));
  expect(found(older)).toBeUndefined();
});
