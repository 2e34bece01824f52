import { expect, test } from 'vitest';
import { BOARD_TEXT } from '#pact/text/board.ts';
import { home } from '../testing/home.ts';
import { serverTimeAt } from './clock.ts';
import { deadlinesOf, nextDeadlineOf } from './deadlines.ts';
import { agoOf, clockOf, dateOf, spanOf, timeOf, timeOnDay } from './local-time.ts';
import { backOff } from './stream.ts';

const zone = 'Asia/Shanghai';

test('times are those of the community, wherever the screen hangs', () => {
  expect(timeOf('2026-11-23T22:12:00Z', zone)).toBe('6:12');
  expect(timeOf('2026-11-23T16:05:00Z', zone)).toBe('0:05');
  expect(clockOf('2026-11-24T00:06:12Z', zone)).toBe('08:06:12');
  expect(timeOf('2026-11-24T08:00:00Z', 'Europe/London')).toBe('8:00');
});

test('a time of yesterday says its date', () => {
  expect(timeOnDay('2026-11-23T14:10:00Z', zone, '2026-11-24')).toBe('11-23 22:10');
  expect(timeOnDay('2026-11-23T22:10:00Z', zone, '2026-11-24')).toBe('6:10');
});

test('the date is said as people say it', () => {
  expect(dateOf('2026-11-24', BOARD_TEXT['zh-CN'])).toBe('11月24日 星期二');
  expect(dateOf('2026-11-24', BOARD_TEXT.en)).toBe('Tuesday 24 November');
});

test('a stopwatch shows hours only when there are some and never runs below zero', () => {
  expect(spanOf(372_900)).toBe('6:12');
  expect(spanOf(3_972_000)).toBe('1:06:12');
  expect(spanOf(-5_000)).toBe('0:00');
});

test('a signal of two hours ago is told in hours', () => {
  const words = BOARD_TEXT['zh-CN'];
  expect(agoOf('2026-11-24T00:00:00Z', Date.parse('2026-11-24T00:00:30Z'), words)).toBe('刚刚');
  expect(agoOf('2026-11-24T00:00:00Z', Date.parse('2026-11-24T01:59:00Z'), words)).toBe('119 分钟前');
  expect(agoOf('2026-11-24T00:00:00Z', Date.parse('2026-11-24T02:00:00Z'), words)).toBe('2 小时前');
});

test('the server’s clock runs on at its own speed between ticks', () => {
  expect(serverTimeAt({ serverMs: 1_000, speed: 60, readAt: 500 }, 1_500)).toBe(61_000);
});

test('the header names each deadline once and counts down to the next that somebody still has', () => {
  const early = '2026-11-23T23:30:00Z';
  const homes = [
    home(),
    home(),
    home({ deadlineAt: early }),
    home({ deadlineAt: null, state: 'unprotected' }),
  ];
  expect(deadlinesOf(homes, zone)).toEqual(['7:30', '8:00']);
  expect(nextDeadlineOf(homes, Date.parse(early) - 1)).toBe(Date.parse(early));
  expect(nextDeadlineOf(homes, Date.parse(early))).toBe(Date.parse('2026-11-24T00:00:00Z'));
  expect(nextDeadlineOf([home({ state: 'kept' })], 0)).toBeUndefined();
});

test('a board that lost the service tries again soon, then ever more seldom, at most every half minute or so', () => {
  expect([0, 1, 2, 3, 4, 5, 50].map((failures) => backOff(failures, 0.5))).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
  ]);
  expect(backOff(0, 0)).toBe(750);
});
