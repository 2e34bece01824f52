import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { type Clock, createScaledClock, sleepUntil } from './clock.ts';

test('a sleep on a clock that slows down meanwhile ends when its moment has come, and not before', async () => {
  const start = Temporal.Instant.from('2026-11-24T07:59:00+08:00');
  const slowAt = start.add({ seconds: 30 });
  const fast = createScaledClock(start, 1_000);
  let slow: Clock | undefined;
  const clock: Clock = {
    now() {
      if (!slow && Temporal.Instant.compare(fast.now(), slowAt) >= 0) slow = createScaledClock(slowAt, 500);
      return (slow ?? fast).now();
    },
    toWallMilliseconds: (milliseconds) => (slow ?? fast).toWallMilliseconds(milliseconds),
  };
  const until = start.add({ seconds: 80 });
  await sleepUntil(clock, until, new AbortController().signal);
  // A timer may be early by a millisecond of the wall.
  expect(Temporal.Instant.compare(clock.now(), until.subtract({ milliseconds: 1_000 }))).toBe(1);
});
