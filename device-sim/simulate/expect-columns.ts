import type { LedgerColumn } from '#pact/pact-day.ts';
import { CATCH_UP_SECONDS } from '#pact/verdict.ts';
import type { HomeDay } from './plan.ts';

/** What a home told us and was acknowledged for; times in epoch milliseconds, `at` the one that counts. */
export type Fact = {
  isOpening: boolean;
  at: number;
  receivedAt: number;
  /** Nobody knows whether it was stored the first time, and its device tells no time: either one may count. */
  isAmbiguous: boolean;
};

export type DayFacts = {
  facts: readonly Fact[];
  signalCloses: boolean;
  /** Somebody who was there said that all is well. */
  saidSafe: boolean;
  /** Times in which nobody judged. */
  outages: readonly { from: number; until: number }[];
  alertOpenedAt: number | undefined;
};

/**
 * What the ledger may say of a day by the pact's plain rules, told from what was acknowledged alone: a second
 * reading of them that knows nothing of the code's.
 */
export function expectColumns(
  day: HomeDay,
  { facts, signalCloses, saidSafe, outages, alertOpenedAt }: DayFacts,
): { columns: readonly LedgerColumn[]; mayAlert: boolean } {
  if (day.onLeave) return { columns: ['excused'], mayAlert: false };
  const openings = facts.filter(({ isOpening, at }) => isOpening && at >= day.earliestAt && at < day.endsAt);
  if (openings.some(({ isAmbiguous }) => isAmbiguous))
    return { columns: ['kept', 'kept_late', 'unresolved', 'visited'], mayAlert: true };
  const timely = openings.filter(({ at }) => at <= day.deadlineAt);
  const visited: LedgerColumn[] = saidSafe && alertOpenedAt !== undefined ? ['visited'] : [];
  if (timely.length > 0) {
    const firstHeardAt = Math.min(...timely.map(({ receivedAt }) => receivedAt));
    const caughtUp = outages.some(
      ({ from, until }) =>
        from <= day.deadlineAt &&
        until > day.deadlineAt + 10_000 &&
        until - from > 11_000 &&
        firstHeardAt < until + (CATCH_UP_SECONDS - 1) * 1_000,
    );
    const mayAlert = firstHeardAt > day.deadlineAt && !caughtUp;
    return { columns: ['kept', ...visited], mayAlert };
  }
  const late: LedgerColumn[] = openings.length > 0 && signalCloses ? ['kept_late'] : ['unresolved'];
  return { columns: [...late, ...visited], mayAlert: true };
}
