import { Temporal } from 'temporal-polyfill';
import type { Clock } from '#platform/clock.ts';

/** A scaled clock that several processes, and one that is killed and started again, read alike. */
export type SharedTime = {
  /** The instant that the clock showed when the wall's was at `wallMs` (epoch milliseconds). */
  start: string;
  wallMs: number;
  speed: number;
};

export function createSharedClock({ start, wallMs, speed }: SharedTime): Clock {
  const startMs = Temporal.Instant.from(start).epochMilliseconds;
  return {
    now: () => Temporal.Instant.fromEpochMilliseconds(Math.round(startMs + (Date.now() - wallMs) * speed)),
    toWallMilliseconds: (milliseconds) => milliseconds / speed,
  };
}
