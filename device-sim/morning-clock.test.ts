import { Temporal } from 'temporal-polyfill';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMorningClock } from './morning-clock.ts';
import { createPacedClock } from './shared-clock.ts';

const start = Temporal.Instant.from('2026-03-02T22:25:00Z');
const PLAN = { start, speedBefore: 60, slowAt: start.add({ minutes: 20 }), speed: 30 };
const minutesIn = (clock: ReturnType<typeof createMorningClock>) =>
  (clock.now().epochMilliseconds - start.epochMilliseconds) / 60_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('time stands until it is released, runs ever slower by its plan, and then at the pace of the wall', () => {
  const clock = createMorningClock(PLAN);
  vi.advanceTimersByTime(10_000);
  expect(minutesIn(clock)).toBe(0);
  clock.release();
  vi.advanceTimersByTime(10_000);
  expect(minutesIn(clock)).toBe(10);
  vi.advanceTimersByTime(20_000);
  expect(minutesIn(clock)).toBe(25);
  clock.slowDownTo(1);
  vi.advanceTimersByTime(60_000);
  expect(minutesIn(clock)).toBe(26);
});

test('a wait asked for while time stands is as long as one asked for while it runs', () => {
  const clock = createMorningClock(PLAN);
  expect(clock.toWallMilliseconds(60_000)).toBe(1_000);
  clock.release();
  expect(clock.toWallMilliseconds(60_000)).toBe(1_000);
  clock.slowDownTo(1);
  expect(clock.toWallMilliseconds(60_000)).toBe(60_000);
});

test('another process that hears of each pace before it holds shows the same time at every moment', () => {
  const clock = createMorningClock(PLAN, (paces) => other.follow(paces));
  const other = createPacedClock(clock.paces());
  const compare = () => expect(other.now().toString()).toBe(clock.now().toString());
  vi.advanceTimersByTime(5_000);
  compare();
  clock.release();
  expect(minutesIn(clock)).toBe(0);
  for (const milliseconds of [100, 200, 15_000, 10_000, 30_000]) {
    vi.advanceTimersByTime(milliseconds);
    compare();
  }
  const before = clock.now();
  clock.slowDownTo(1);
  // Until everybody knows, the old pace holds.
  vi.advanceTimersByTime(250);
  expect(clock.now().since(before).total('seconds')).toBe(7.5);
  vi.advanceTimersByTime(1_000);
  expect(clock.now().since(before).total('seconds')).toBe(8.5);
  compare();
  const late = createPacedClock(clock.paces());
  expect(late.now().toString()).toBe(clock.now().toString());
});
