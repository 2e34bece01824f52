import type { Temporal } from 'temporal-polyfill';
import type { Clock } from '#platform/clock.ts';
import { createPacedClock, type SharedTime } from './shared-clock.ts';

export type MorningClock = Clock & {
  readonly speed: number;
  /** What the clock goes by, for other processes. */
  paces(): readonly SharedTime[];
  /** Lets time run; until then it stands at the start, so that a slow machine does not sleep through the morning. */
  release(): void;
  /** From here on so many times as fast as the wall, and no faster than before. */
  slowDownTo(speed: number): void;
};

/** The morning begins at `start` with `speedBefore`; from `slowAt` on it goes at `speed`. */
export type MorningPlan = {
  start: Temporal.Instant;
  speedBefore: number;
  slowAt: Temporal.Instant;
  speed: number;
};

/** Wall milliseconds before a new pace holds, where others have to hear of it first. */
const LEAD_MS = 250;
const NEVER = Number.MAX_SAFE_INTEGER;

/**
 * The demo's clock: it stands while homes and people are made ready, then runs, then ever slower. It only ever becomes
 * slower for those who wait on it, so that a wait under way ends too early, never too late.
 * @param tell told of new paces before they hold
 */
export function createMorningClock(
  { start, speedBefore, slowAt, speed }: MorningPlan,
  tell?: (paces: readonly SharedTime[]) => void,
): MorningClock {
  let paces: readonly SharedTime[] = [{ start: start.toString(), wallMs: NEVER, speed: speedBefore }];
  const clock = createPacedClock(paces);
  const leadMs = tell ? LEAD_MS : 0;
  const goBy = (next: readonly SharedTime[]) => {
    paces = next;
    tell?.(paces);
    clock.follow(paces);
  };
  return {
    get speed() {
      return clock.speed;
    },
    now: clock.now,
    toWallMilliseconds: clock.toWallMilliseconds,
    paces: () => paces,
    release() {
      const wallMs = Date.now() + leadMs;
      const fastMs = (slowAt.epochMilliseconds - start.epochMilliseconds) / speedBefore;
      goBy([
        { start: start.toString(), wallMs, speed: speedBefore },
        { start: slowAt.toString(), wallMs: wallMs + fastMs, speed: Math.min(speed, speedBefore) },
      ]);
    },
    slowDownTo(next) {
      const milliseconds = Math.round(leadMs * clock.speed);
      const from = clock.now().add({ milliseconds }).toString();
      const kept = paces.filter(({ wallMs }) => wallMs <= Date.now());
      goBy([...kept, { start: from, wallMs: Date.now() + leadMs, speed: Math.min(clock.speed, next) }]);
    },
  };
}
