import { Temporal } from 'temporal-polyfill';
import type { Clock } from '#platform/clock.ts';

/** A pace of a scaled clock that several processes, and one that is killed and started again, read alike. */
export type SharedTime = {
  /** The instant that the clock shows when the wall's is at `wallMs` (epoch milliseconds). */
  start: string;
  wallMs: number;
  speed: number;
};

export type PacedClock = Clock & {
  /** Of the pace that holds now, or of the first one while it has not begun. */
  readonly speed: number;
  /** What the clock goes by from now on; the paces in the order in which they begin. */
  follow(paces: readonly SharedTime[]): void;
};

export const createSharedClock = (time: SharedTime): Clock => createPacedClock([time]);

/**
 * A clock whose pace changes at moments that every process knows beforehand. Until the first begins it stands at its
 * start. @param paces at least one
 */
export function createPacedClock(paces: readonly SharedTime[]): PacedClock {
  let known = paces.map(paceOf);
  /** The pace of a moment on the wall, and for how long it has held. */
  const at = (wallMs: number) => {
    const pace = known.findLast((each) => each.wallMs <= wallMs) ?? known[0];
    if (!pace) throw new Error('a clock needs a pace');
    return { ...pace, forMs: Math.max(0, wallMs - pace.wallMs) };
  };
  return {
    get speed() {
      return at(Date.now()).speed;
    },
    now() {
      const { startMs, forMs, speed } = at(Date.now());
      return Temporal.Instant.fromEpochMilliseconds(Math.round(startMs + forMs * speed));
    },
    toWallMilliseconds: (milliseconds) => milliseconds / at(Date.now()).speed,
    follow(next) {
      known = next.map(paceOf);
    },
  };
}

const paceOf = ({ start, wallMs, speed }: SharedTime) => ({
  startMs: Temporal.Instant.from(start).epochMilliseconds,
  wallMs,
  speed,
});
