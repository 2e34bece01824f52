import { Temporal } from 'temporal-polyfill';
import type { Clock } from '#platform/clock.ts';

export type MorningClock = Clock & {
  readonly speed: number;
  /** Lets time run; until then it stands at the start, so that a slow machine does not sleep through the morning. */
  release(): void;
  /** From here on so many times as fast as the wall, and no faster than before. */
  slowDownTo(speed: number): void;
};

/**
 * The demo's clock: it stands while homes and people are made ready, then runs at `speed`, then ever
 * slower. It only ever becomes slower for those who wait on it, so that a wait under way ends too early,
 * never too late.
 */
export function createMorningClock(start: Temporal.Instant, speed: number): MorningClock {
  let pace = 0;
  let baseWall = performance.now();
  let baseMs = start.epochMilliseconds;
  const nowMs = () => Math.round(baseMs + (performance.now() - baseWall) * pace);
  const setPace = (next: number) => {
    baseMs = nowMs();
    baseWall = performance.now();
    pace = next;
  };
  return {
    get speed() {
      return pace === 0 ? speed : pace;
    },
    now: () => Temporal.Instant.fromEpochMilliseconds(nowMs()),
    toWallMilliseconds: (milliseconds) => milliseconds / (pace === 0 ? speed : pace),
    release: () => setPace(speed),
    slowDownTo: (next) => setPace(Math.min(pace, next)),
  };
}
