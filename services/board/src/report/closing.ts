import type { HomeMonth } from '#contracts/http/report.ts';
import { sayMinute } from '#contracts/report/month-lines.ts';
import type { BoardReportText } from '#pact/text/board-report.ts';
import type { ReportText } from '#pact/text/report.ts';

export type Day = HomeMonth['days'][number];

/** How a home's day looks in a heat map: `none` where it had no pact, `awaiting` where it is still open. */
export type Closing = NonNullable<Day['closedAs']> | 'awaiting' | 'none';

/** In the order of the legend. */
export const CLOSINGS = ['kept', 'kept_late', 'visited', 'unresolved', 'excused', 'none'] as const;

export const closingOf = (day: Day | undefined): Closing => (day ? (day.closedAs ?? 'awaiting') : 'none');

export function sayClosing(closing: Closing, report: ReportText, words: BoardReportText): string {
  if (closing === 'none') return words.none;
  return closing === 'awaiting' ? report.still : report.closings[closing];
}

/** How it ended, with when the curtain was opened, or why it was excused. */
export function sayDay(day: Day | undefined, report: ReportText, words: BoardReportText): string {
  const said = sayClosing(closingOf(day), report, words);
  if (day?.openedMinute != null) return `${said} ${sayMinute(day.openedMinute)}`;
  const excuses: Record<string, string> = report.excuses;
  const excuse = day?.closedAs === 'excused' && day.reason ? excuses[day.reason] : undefined;
  return excuse ? `${said}: ${excuse}` : said;
}

/** Whether the morning did not go as it was agreed. */
export const wasMissed = (day: Day | undefined): boolean =>
  day?.closedAs === 'kept_late' || day?.closedAs === 'visited' || day?.closedAs === 'unresolved';
