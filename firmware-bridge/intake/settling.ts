import { timeOf } from '../report/decide.ts';
import type { Contact, Report } from '../report/device-state.ts';

/**
 * A curtain that slides past its magnet says several things within a second. What it says is held until it has said
 * nothing else for a while; a report that only repeats does not prolong that.
 */
export type Settling<T> = {
  /** The last report of the curtain, with whoever waits for it. */
  last: { report: Report; job: T };
  /** Those before it, which it stands for. */
  before: T[];
  beganAt: number;
  /** By our clock; from here the rest is counted. Epoch milliseconds. */
  changedAt: number;
};

/** However often it changes its mind, it is heard after so many rests. */
const MOST_RESTS = 10;

const contactIn = ({ reading }: Report): Contact | number | null => reading.position ?? reading.contact;

/** Whether a report has to settle before it counts: it is of the curtain, live, and not what was known. */
export function mustSettle(report: Report, known: Contact | null, isSettling: boolean): boolean {
  if (report.retained || contactIn(report) === null || report.reading.moving === true) return false;
  return isSettling || known === null || report.reading.position !== null || report.reading.contact !== known;
}

export function beginSettling<T>(report: Report, job: T): Settling<T> {
  return { last: { report, job }, before: [], beganAt: timeOf(report), changedAt: report.receivedAt };
}

export function goOnSettling<T>(settling: Settling<T>, report: Report, job: T): void {
  if (contactIn(report) !== contactIn(settling.last.report)) settling.changedAt = report.receivedAt;
  settling.before.push(settling.last.job);
  settling.last = { report, job };
}

/** When it has come to rest, if nothing else comes. Epoch milliseconds by our clock. */
export function restsAt<T>({ changedAt, beganAt }: Settling<T>, debounceMs: number): number {
  return Math.min(changedAt + debounceMs, beganAt + MOST_RESTS * debounceMs);
}
