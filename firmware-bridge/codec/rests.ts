import type { Refusal } from '#contracts/bridge/formats.ts';

/** So often in so long a codec may be stopped before it rests. */
const STOPS = 5;
const WITHIN_MS = 60_000;
const REST_MS = 60_000;

export type Rests = {
  /** What a codec is refused for while it rests. */
  restingFor(codecId: string): Refusal | null;
  noteStop(codecId: string, reason: Refusal): void;
};

/** Lets codecs rest that have to be stopped again and again: each stop takes time from all others. */
export function createRests(now: () => number): Rests {
  const known = new Map<string, { stops: number[]; reason: Refusal; restsSince?: number }>();
  /** A clock that was set back ends a rest and forgets a stop; it prolongs nothing. */
  const isWithin = (at: number, spanMs: number) => now() >= at && now() - at < spanMs;
  return {
    restingFor: (codecId) => {
      const state = known.get(codecId);
      return state?.restsSince !== undefined && isWithin(state.restsSince, REST_MS) ? state.reason : null;
    },
    noteStop: (codecId, reason) => {
      const stops = (known.get(codecId)?.stops ?? []).filter((at) => isWithin(at, WITHIN_MS));
      stops.push(now());
      known.set(codecId, stops.length < STOPS ? { stops, reason } : { stops: [], reason, restsSince: now() });
    },
  };
}
