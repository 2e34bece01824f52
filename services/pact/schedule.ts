import { Temporal } from 'temporal-polyfill';
import { endOfDay } from './pact-day.ts';
import { localDateAt } from './time-zone.ts';

/** Hours and minutes of a place's clock: 20:30. */
export type LocalTime = string;

/** The instant of a time on a date; of a time that a spring change leaves out or an autumn one repeats see `windowOf`. */
export const instantOf = (date: Temporal.PlainDate, time: LocalTime, timeZone: string): Temporal.Instant =>
  date.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) }).toInstant();

export type Daily = {
  time: LocalTime;
  timeZone: string;
  /** How long after its time it still makes sense; never past midnight. */
  withinMinutes: number;
  /** When nothing but alerts may ring; without it any time will do. */
  quiet?: QuietHours;
};

/**
 * The date for which something that comes every day is to be told now; undefined when it is not. It looks only
 * at the clock and at the dates told so far, so that a restart across the hour, a doubled sweep and a clock
 * that was set back tell nothing twice, and a downtime that is not too long loses nothing.
 * @param wasTold whether it was told for a date
 */
export function dueOn(
  { time, timeZone, withinMinutes, quiet }: Daily,
  now: Temporal.Instant,
  wasTold: (date: string) => boolean,
): Temporal.PlainDate | undefined {
  const date = localDateAt(now, timeZone);
  const dueAt = instantOf(date, time, timeZone);
  const minutesLate = (now.epochMilliseconds - dueAt.epochMilliseconds) / 60_000;
  if (minutesLate < 0 || minutesLate > withinMinutes || wasTold(date.toString())) return undefined;
  // Whoever sets a time within quiet hours means it; only what is late is held back.
  const isHeldBack = quiet && isQuiet(quiet, now, timeZone) && !isQuiet(quiet, dueAt, timeZone);
  return isHeldBack ? undefined : date;
}

export type QuietHours = { from: LocalTime; until: LocalTime };

/** Whether people are to be left alone with what is not about somebody's life. Hours may lie across midnight. */
export function isQuiet({ from, until }: QuietHours, now: Temporal.Instant, timeZone: string): boolean {
  const time = now.toZonedDateTimeISO(timeZone).toPlainTime();
  const isAfter = Temporal.PlainTime.compare(time, from) >= 0;
  const isBefore = Temporal.PlainTime.compare(time, until) < 0;
  return Temporal.PlainTime.compare(from, until) <= 0 ? isAfter && isBefore : isAfter || isBefore;
}

/** The office hears how the day closed so long after the last deadline of its date. */
export const ALL_CLEAR_MINUTES = 5;

/** Days that are about to be judged after a downtime get so long before they are told as open. */
const JUDGING_MINUTES = 5;

export type ClosingDay = {
  date: Temporal.PlainDate;
  timeZone: string;
  lastDeadlineAt: Temporal.Instant;
  wasTold: boolean;
  /** Homes past their deadline that nobody has judged yet. */
  unjudged: number;
  /** When we were last back from a downtime. */
  resumedAt: Temporal.Instant | undefined;
};

/** Whether the office is to be told now how the day closed: after a downtime late, but until midnight still. */
export function isAllClearDue(day: ClosingDay, now: Temporal.Instant): boolean {
  const { date, timeZone, lastDeadlineAt, wasTold, unjudged, resumedAt } = day;
  const dueAt = lastDeadlineAt.add({ minutes: ALL_CLEAR_MINUTES });
  const endsAt = latest(endOfDay(date, timeZone), dueAt.add({ hours: 1 }));
  if (wasTold || isBefore(now, dueAt) || !isBefore(now, endsAt)) return false;
  const patientUntil = latest(dueAt, resumedAt ?? dueAt).add({ minutes: JUDGING_MINUTES });
  return unjudged === 0 || !isBefore(now, patientUntil);
}

const isBefore = (a: Temporal.Instant, b: Temporal.Instant) => Temporal.Instant.compare(a, b) < 0;
const latest = (a: Temporal.Instant, b: Temporal.Instant) => (isBefore(a, b) ? b : a);
