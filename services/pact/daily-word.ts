import type { LedgerColumn } from './pact-day.ts';
import type { DailyState } from './text/notices.ts';

/** What is known of a home's day when its family is told of it. */
export type DayNews = {
  /** Absent where no day was agreed. */
  day: { closedAs: LedgerColumn | undefined; isPastDeadline: boolean } | undefined;
  outcome: string | undefined;
};

/** What a family is told: that all is well, that somebody went, or honestly that nobody knows yet. */
export function dailyStateOf({ day, outcome }: DayNews): DailyState {
  if (!day) return 'excused';
  switch (day.closedAs) {
    case 'kept':
    case 'kept_late':
      return 'well';
    case 'visited':
      return outcome === 'safe' ? 'visited_safe' : 'visited';
    case 'excused':
      return 'excused';
    case 'unresolved':
      return 'open';
    case undefined:
      return day.isPastDeadline ? 'open' : 'waiting';
    default:
      return day.closedAs satisfies never;
  }
}
