import { Temporal } from 'temporal-polyfill';
import type { Weekday } from './pact.ts';
import type { Window } from './pact-day.ts';

/** The first opening of a morning, in minutes after the place's midnight. */
export type Opening = { weekday: Weekday; minute: number };

/** How many openings make a rhythm at most; before the fewest nothing is said. */
export const RHYTHM_OPENINGS = 28;
const FEWEST = 7;
/** A weekday has a rhythm of its own from so many openings on. */
const FEWEST_OF_WEEKDAY = 3;
/** What even the most regular elder is allowed, in minutes. */
const LEAST_MARGIN = 20;
/** Makes a median absolute deviation comparable with a standard deviation of a normal spread. */
export const MAD_TO_SIGMA = 1.4826;
const SIGMAS = 3;

/**
 * From when on a curtain that is still drawn is unusual for this elder, by the robust median and spread of the last
 * openings: an early word to the office, which pages nobody. Undefined where too little is known, and where
 * the deadline speaks first.
 * @param openings the newest first
 */
export function unusuallyLateFrom(
  openings: readonly Opening[],
  date: Temporal.PlainDate,
  timeZone: string,
  { earliestAt, deadlineAt }: Window,
): Temporal.Instant | undefined {
  const recent = openings.slice(0, RHYTHM_OPENINGS);
  if (recent.length < FEWEST) return undefined;
  const usual = usualMinutes(recent);
  const spread = median(recent.map(({ weekday, minute }) => Math.abs(minute - usual(weekday))));
  const margin = Math.max(LEAST_MARGIN, SIGMAS * MAD_TO_SIGMA * spread);
  const minute = Math.round(usual(date.dayOfWeek as Weekday) + margin);
  if (minute >= 24 * 60) return undefined;
  const plainTime = Temporal.PlainTime.from({ hour: Math.floor(minute / 60), minute: minute % 60 });
  const from = date.toZonedDateTime({ timeZone, plainTime }).toInstant();
  const isInside =
    Temporal.Instant.compare(earliestAt, from) < 0 && Temporal.Instant.compare(from, deadlineAt) < 0;
  return isInside ? from : undefined;
}

/** Between which minutes of the day half of these openings were, the middle half; undefined where too little is known. */
export function middleHalf(minutes: readonly number[]): { from: number; until: number } | undefined {
  if (minutes.length < FEWEST) return undefined;
  const sorted = minutes.toSorted((a, b) => a - b);
  const quarter = Math.floor(sorted.length / 4);
  return { from: sorted[quarter] ?? 0, until: sorted[sorted.length - 1 - quarter] ?? 0 };
}

/** The usual minute of each weekday: its own median where it has enough openings, else that of all. */
function usualMinutes(openings: readonly Opening[]): (weekday: Weekday) => number {
  const all = median(openings.map(({ minute }) => minute));
  const byWeekday = Map.groupBy(openings, ({ weekday }) => weekday);
  return (weekday) => {
    const own = byWeekday.get(weekday) ?? [];
    return own.length < FEWEST_OF_WEEKDAY ? all : median(own.map(({ minute }) => minute));
  };
}

/** The middle of the values; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}
