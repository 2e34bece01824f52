import { Temporal } from 'temporal-polyfill';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMorningClock } from './morning-clock.ts';

const start = Temporal.Instant.from('2026-03-02T22:25:00Z');
const minutesIn = (clock: ReturnType<typeof createMorningClock>) =>
  (clock.now().epochMilliseconds - start.epochMilliseconds) / 60_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('time stands until it is released, runs at the speed, and then at the pace of the wall', () => {
  const clock = createMorningClock(start, 60);
  vi.advanceTimersByTime(10_000);
  expect(minutesIn(clock)).toBe(0);
  clock.release();
  vi.advanceTimersByTime(10_000);
  expect(minutesIn(clock)).toBe(10);
  clock.slowDownTo(1);
  vi.advanceTimersByTime(60_000);
  expect(minutesIn(clock)).toBe(11);
});

test('a wait asked for while time stands is as long as one asked for while it runs', () => {
  const clock = createMorningClock(start, 60);
  expect(clock.toWallMilliseconds(60_000)).toBe(1_000);
  clock.release();
  expect(clock.toWallMilliseconds(60_000)).toBe(1_000);
  clock.slowDownTo(1);
  expect(clock.toWallMilliseconds(60_000)).toBe(60_000);
});
