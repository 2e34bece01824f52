import type { Temporal } from 'temporal-polyfill';

/** Says yes at most once in `everyMs` of clock time, and at once after the clock was set back. */
export function createPace(everyMs: number): (now: Temporal.Instant) => boolean {
  let last: Temporal.Instant | undefined;
  return (now) => {
    const sinceMs = last ? now.epochMilliseconds - last.epochMilliseconds : Number.POSITIVE_INFINITY;
    if (sinceMs >= 0 && sinceMs < everyMs) return false;
    last = now;
    return true;
  };
}
