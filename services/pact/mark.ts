import { Temporal } from 'temporal-polyfill';
import { CATCH_UP_SECONDS } from './verdict.ts';

/** A gap that is over. */
export type EndedGap = { from: Temporal.Instant; resumedAt: Temporal.Instant };

/** "I was here": when a part last said so, the last time in which it did not, and those before whose minute was not over. */
export type Mark = {
  seenAt: Temporal.Instant;
  last: EndedGap | undefined;
  earlier: readonly EndedGap[];
};

/** A part that dies as soon as it is up must not hold a deadline back for ever: of more gaps than these the oldest is forgotten. */
export const MOST_EARLIER = 3;

/**
 * The mark after a stamp at `at`. More than `gapMs` after the one before it we may have been deaf since that. Sensors get a
 * minute of our presence after each gap (invariant 3): a second one within it, as where a clock is set right, stops that
 * minute and does not end it. A clock that is set back takes the gaps with it: else what falls due until then would wait
 * for their ends.
 */
export function stampMark(mark: Mark, at: Temporal.Instant, gapMs: number): Mark {
  const { seenAt, last, earlier } = mark;
  const passedMs = at.epochMilliseconds - seenAt.epochMilliseconds;
  if (passedMs < 0) {
    const set = (gap: EndedGap) => ({
      from: earlierOf(gap.from, at),
      resumedAt: earlierOf(gap.resumedAt, at),
    });
    return { seenAt: at, last: last && set(last), earlier: earlier.map(set) };
  }
  if (passedMs <= gapMs) return { ...mark, seenAt: at };
  const held = [...earlier, ...(last ? [last] : [])]
    .filter(
      ({ resumedAt }) => Temporal.Instant.compare(resumedAt.add({ seconds: CATCH_UP_SECONDS }), seenAt) > 0,
    )
    .map(({ from, resumedAt }) => ({ from, resumedAt: resumedAt.add({ milliseconds: passedMs }) }));
  return { seenAt: at, last: { from: seenAt, resumedAt: at }, earlier: held.slice(-MOST_EARLIER) };
}

const earlierOf = (a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant =>
  Temporal.Instant.compare(a, b) < 0 ? a : b;
