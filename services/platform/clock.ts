import { Temporal } from 'temporal-polyfill';
import { sleep } from './sleep.ts';

/**
 * Time as it is handed to every service (DESIGN invariant 10). `now` is the only source of instants.
 * The demo's clock runs faster than the wall, so a wait is always asked for in the clock's own time.
 */
export type Clock = {
  now(): Temporal.Instant;
  /** Wall milliseconds that pass while this clock advances by `milliseconds`. */
  toWallMilliseconds(milliseconds: number): number;
};

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Temporal.Now.instant(),
  toWallMilliseconds: (milliseconds) => milliseconds,
};

/** A clock that started at `start` and runs `speed` times as fast as the wall, on a monotonic base. */
export function createScaledClock(start: Temporal.Instant, speed: number): Clock {
  const base = performance.now();
  const startMs = start.epochMilliseconds;
  return {
    now: () =>
      Temporal.Instant.fromEpochMilliseconds(Math.round(startMs + (performance.now() - base) * speed)),
    toWallMilliseconds: (milliseconds) => milliseconds / speed,
  };
}

/** How many times as fast as the wall a clock runs at this moment; one that stands still is told as 1. */
export function speedOf(clock: Clock): number {
  const speed = 1 / clock.toWallMilliseconds(1);
  return Number.isFinite(speed) ? speed : 1;
}

/** A clock that stands still until it is moved, for tests. */
export function createManualClock(start: Temporal.Instant | string): Clock & {
  set(instant: Temporal.Instant | string): void;
  advance(duration: Temporal.DurationLike): void;
} {
  let current = Temporal.Instant.from(start);
  return {
    now: () => current,
    toWallMilliseconds: () => 0,
    set(instant) {
      current = Temporal.Instant.from(instant);
    },
    advance(duration) {
      current = current.add(Temporal.Duration.from(duration));
    },
  };
}

/** Resolves when `instant` has come by `clock`, or at once when `signal` aborts. */
export async function sleepUntil(
  clock: Clock,
  instant: Temporal.Instant,
  signal: AbortSignal,
): Promise<void> {
  const wallMsLeft = () =>
    clock.toWallMilliseconds(Math.max(0, instant.epochMilliseconds - clock.now().epochMilliseconds));
  await sleep(wallMsLeft(), signal);
  // A clock that has slowed down meanwhile is not there yet.
  while (!signal.aborted && wallMsLeft() >= 1) await sleep(wallMsLeft(), signal);
}
