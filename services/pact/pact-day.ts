import type { Temporal } from 'temporal-polyfill';
import { deadlineOn, type Pact, type Weekday } from './pact.ts';

export const VERDICTS = ['awaiting', 'kept', 'missed', 'excused'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The ledger's columns: every enrolled day closes in exactly one of them (invariant 2). */
export const LEDGER_COLUMNS = ['kept', 'kept_late', 'visited', 'excused', 'unresolved'] as const;
export type LedgerColumn = (typeof LEDGER_COLUMNS)[number];

export type Excuse = 'on_leave' | 'not_a_pact_day' | 'not_in_force';

/** The instants between which an opening is today's proof; both belong to the window. */
export type Window = { earliestAt: Temporal.Instant; deadlineAt: Temporal.Instant };

export type Leave = { fromOn: Temporal.PlainDate; untilOn: Temporal.PlainDate };

export type OpenedDay = Window & ({ verdict: 'awaiting' } | { verdict: 'excused'; reason: Excuse });

/**
 * The window of a date in a place's civil time. A time that a spring change leaves out means the same
 * distance after the gap, and one that an autumn change repeats means the first of the two (the reading
 * of RFC 5545 §3.3.5, Temporal's `compatible`), so that a deadline is never judged an hour late.
 */
export function windowOf(pact: Pact, date: Temporal.PlainDate, timeZone: string): Window {
  const instantOf = (time: Temporal.PlainTime) =>
    date.toZonedDateTime({ timeZone, plainTime: time }).toInstant();
  return {
    earliestAt: instantOf(pact.earliest),
    deadlineAt: instantOf(deadlineOn(pact, date.dayOfWeek as Weekday)),
  };
}

/** How a household's day begins: waiting for its signal, or excused and why. */
export function openDay(
  pact: Pact,
  date: Temporal.PlainDate,
  timeZone: string,
  leaves: readonly Leave[],
): OpenedDay {
  const window = windowOf(pact, date, timeZone);
  const reason = excuseOn(pact, date, leaves);
  return reason ? { ...window, verdict: 'excused', reason } : { ...window, verdict: 'awaiting' };
}

function excuseOn(pact: Pact, date: Temporal.PlainDate, leaves: readonly Leave[]): Excuse | undefined {
  if (isBefore(date, pact.fromOn) || (pact.untilOn && isBefore(pact.untilOn, date))) return 'not_in_force';
  if (!pact.weekdays.includes(date.dayOfWeek as Weekday)) return 'not_a_pact_day';
  const away = leaves.some((leave) => !isBefore(date, leave.fromOn) && !isBefore(leave.untilOn, date));
  return away ? 'on_leave' : undefined;
}

const isBefore = (a: Temporal.PlainDate, b: Temporal.PlainDate) => a.since(b).sign < 0;

/** The end of a local date: late signals of the day still belong to it until then. */
export const endOfDay = (date: Temporal.PlainDate, timeZone: string): Temporal.Instant =>
  date.add({ days: 1 }).toZonedDateTime(timeZone).toInstant();
