import type { SeedResult } from './run-mornings.ts';

/** Milliseconds between two lines: where somebody looks, and where a log is kept. */
const EVERY_MS = { screen: 2_000, log: 10_000 };

/** Says every some seconds how far the mornings are, for people who wait for thousands of them. */
export function createProgress(mornings: number, begunAt: number, isScreen: boolean) {
  let done = 0;
  let violations = 0;
  let toldAt = begunAt;
  return {
    /** @returns what is to be said now, if anything */
    take(result: Pick<SeedResult, 'mornings' | 'violations'>, now: number): string | undefined {
      done += result.mornings;
      if (result.violations.length > 0) violations += 1;
      if (now - toldAt < (isScreen ? EVERY_MS.screen : EVERY_MS.log)) return undefined;
      toldAt = now;
      const perSecond = (done / (now - begunAt)) * 1_000;
      const left = Math.ceil(Math.max(0, mornings - done) / perSecond);
      return `${done} of ${mornings} mornings, ${perSecond.toFixed(1)} a second, ${violations} communities with violations, ${Math.floor(left / 60)} min ${left % 60} s left`;
    },
  };
}
