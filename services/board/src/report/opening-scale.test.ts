import { expect, test } from 'vitest';
import type { HomeMonth } from '#contracts/http/report.ts';
import { hoursOf, middleOf } from './opening-scale.ts';

const home = (minutes: readonly (number | null)[]): HomeMonth => ({
  ...{ householdId: 'h', code: '07', salutation: '王奶奶', grid: '一格', middleHalf: null },
  days: minutes.map((openedMinute, day) => ({
    date: `2026-11-0${day + 1}`,
    closedAs: openedMinute === null ? 'visited' : 'kept',
    reason: null,
    openedMinute,
    deadlineMinute: 480,
  })),
});

test('a chart shows whole hours around every opening and the deadline', () => {
  expect(hoursOf(home([392, 401]))).toEqual({ from: 360, until: 540 });
  expect(hoursOf(home([365, 725]))).toEqual({ from: 300, until: 780 });
});

test('a morning without an opening needs no room of its own, nor does a day have more than its hours', () => {
  expect(hoursOf(home([null]))).toEqual({ from: 420, until: 540 });
  expect(hoursOf(home([1435]))).toEqual({ from: 420, until: 1440 });
});

test('the middle one of the times is told, and of none nothing', () => {
  expect(middleOf([500, 390, 395])).toBe(395);
  expect(middleOf([])).toBeUndefined();
});
