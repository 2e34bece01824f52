import { Temporal } from 'temporal-polyfill';
import type { LedgerColumn, Verdict, Window } from './pact-day.ts';
import type { SignalKind } from './signal.ts';

/** A signal that may prove a day, with the time that counts for it (device time where that is trusted). */
export type Signal = { at: Temporal.Instant; kind: SignalKind };

/** What a day must tell for a signal to be weighed against it. */
export type WeighedDay = Window & {
  verdict: Verdict;
  closedAs: LedgerColumn | undefined;
  /** The proof of a day that is kept. */
  proofAt: Temporal.Instant | undefined;
  accepts: readonly SignalKind[];
  signalCloses: boolean;
  /** The end of the local date. */
  endsAt: Temporal.Instant;
};

export type Weight =
  /** Says nothing about this day: outside its times, of a kind not accepted, or no news. */
  | { effect: 'none' }
  /** After the deadline of a day that the sweep has not judged yet: weigh again afterwards. */
  | { effect: 'wait' }
  | { effect: 'kept'; at: Temporal.Instant }
  | { effect: 'kept_late'; at: Temporal.Instant }
  /** Late, and the pact asks for a visit all the same: kept on record only. */
  | { effect: 'noted'; at: Temporal.Instant };

/**
 * What a signal does to a day. A proof inside the window keeps the day whenever it arrives; a later one
 * makes it kept late where the pact accepts a signal as enough. The first proof counts, in whatever order
 * they arrive. A recorded outcome is never overwritten.
 */
export function weighSignal(day: WeighedDay, signal: Signal): Weight {
  const { compare } = Temporal.Instant;
  if (!day.accepts.includes(signal.kind)) return { effect: 'none' };
  if (compare(signal.at, day.earliestAt) < 0 || compare(signal.at, day.endsAt) >= 0)
    return { effect: 'none' };
  if (day.verdict === 'excused' || day.closedAs === 'visited') return { effect: 'none' };
  const isKept = day.verdict === 'kept';
  if (isKept && !(day.proofAt && compare(signal.at, day.proofAt) < 0)) return { effect: 'none' };

  if (compare(signal.at, day.deadlineAt) <= 0) return { effect: 'kept', at: signal.at };
  if (day.verdict === 'awaiting') return { effect: 'wait' };
  return { effect: isKept || day.signalCloses ? 'kept_late' : 'noted', at: signal.at };
}

/** A position report is an opening when it rises through the threshold, both in percent open. */
export const risesThrough = (previous: number | undefined, current: number, threshold: number): boolean =>
  previous !== undefined && previous < threshold && current >= threshold;
