import type { Temporal } from 'temporal-polyfill';
import { MAD_TO_SIGMA, median } from './rhythm.ts';

/** So many days are looked at, yesterday the last of them. */
export const DRIFT_DAYS = 28;
const HALF = DRIFT_DAYS / 2;
/** Fewer openings say nothing of a drift, */
const FEWEST_OPENINGS = 14;
/** nor do openings that lie closer together than so many days. */
const FEWEST_DAYS_BETWEEN = 20;
/** A line that rises by less, in minutes over the days looked at, is the season or chance. */
const LEAST_RISE = 40;
/** So many times the usual scatter around the line is no chance. */
const SIGMAS = 2;
/** Who was hardly heard of before cannot be heard of less: so many days of the first half at least. */
const FEWEST_CONTACT_DAYS = 8;
/** Heard of on at most this share of the days of before. */
const MOST_LEFT = 0.6;

/** One day of a home. A day on which nobody was to be heard, such as one away, is left out. */
export type DriftDay = {
  on: Temporal.PlainDate;
  /** The first opening, in minutes after the place's midnight. */
  minute: number | undefined;
  /** How often the elder was seen or heard. */
  contacts: number;
};

/**
 * `later`: the line through the openings begins and ends at these minutes after midnight. `fewer`: on so many days of
 * the first and the second fortnight somebody was seen or heard.
 */
export type Drift = { kind: 'later' | 'fewer'; from: number; to: number };

/**
 * Whether a home drifts: its mornings come later and later, or it is heard of less and less. Both are slow, and neither
 * breaks the pact; somebody should look why. Later openings are told by a line that single odd mornings cannot bend: the
 * median of all slopes between two of them (Theil 1950, Sen 1968), against the median scatter around it.
 * @param today the day after the last one looked at
 */
export function findDrift(days: readonly DriftDay[], today: Temporal.PlainDate): Drift | undefined {
  const points = days.map((day) => ({ ...day, x: DRIFT_DAYS - daysBetween(day.on, today) }));
  const seen = points.filter(({ x }) => x >= 0 && x < DRIFT_DAYS);
  return findLater(seen) ?? findFewer(seen);
}

type Point = DriftDay & { x: number };

function findLater(points: readonly Point[]): Drift | undefined {
  const openings = points.flatMap(({ x, minute }) => (minute === undefined ? [] : [{ x, y: minute }]));
  const xs = openings.map(({ x }) => x);
  if (openings.length < FEWEST_OPENINGS) return undefined;
  if (Math.max(...xs) - Math.min(...xs) < FEWEST_DAYS_BETWEEN) return undefined;
  const slope = median(
    openings.flatMap((a, index) =>
      openings.slice(index + 1).flatMap((b) => (a.x === b.x ? [] : [(b.y - a.y) / (b.x - a.x)])),
    ),
  );
  const start = median(openings.map(({ x, y }) => y - slope * x));
  const scatter = MAD_TO_SIGMA * median(openings.map(({ x, y }) => Math.abs(y - start - slope * x)));
  const rise = slope * (DRIFT_DAYS - 1);
  if (rise < Math.max(LEAST_RISE, SIGMAS * scatter)) return undefined;
  return { kind: 'later', from: Math.round(start), to: Math.round(start + rise) };
}

function findFewer(points: readonly Point[]): Drift | undefined {
  const halves = [points.filter(({ x }) => x < HALF), points.filter(({ x }) => x >= HALF)];
  const [from = 0, to = 0] = halves.map((half) => half.filter(({ contacts }) => contacts > 0).length);
  const [before = 0, after = 0] = halves.map((half) => half.length);
  // Shares, since days away count in neither half; half a fortnight of days must be left to compare.
  if (from < FEWEST_CONTACT_DAYS || after < HALF / 2) return undefined;
  return to / after <= (MOST_LEFT * from) / before ? { kind: 'fewer', from, to } : undefined;
}

const daysBetween = (from: Temporal.PlainDate, until: Temporal.PlainDate): number =>
  Math.round(from.until(until, { largestUnit: 'days' }).days);

/** A drift that was looked into is not raised again for so many days. */
export const DRIFT_REST_DAYS = 28;

/** Within so many days somebody looks why a home drifts. */
export const DRIFT_WITHIN_DAYS = 3;
