import { Temporal } from 'temporal-polyfill';
import type { LedgerColumn, Verdict } from './pact-day.ts';

/** After a downtime of ours sensors get so long to speak again: at the longest from one heartbeat to the next. */
export const HEARD_AGAIN_MINUTES = 45;

/** So long the homes of a steward are gathered before anybody is told: what fails together is told together. */
export const GATHER_MINUTES = 10;

/** A home of which no sensor tells anything any more. */
export type BlindHome = {
  /** Its day today; absent where it has none. */
  day: { verdict: Verdict; closedAs: LedgerColumn | undefined; reason: string | undefined } | undefined;
  /** Since when its sensors have been silent beyond their allowance. */
  blindSince: Temporal.Instant;
  /** When somebody last saw the elder, or heard of her by her own key in a call. */
  seenAt: Temporal.Instant | undefined;
  /** The beginning of today where it stands. */
  dayBeganAt: Temporal.Instant;
  /** When we were last back from a downtime in which nobody was heard. */
  resumedAt: Temporal.Instant | undefined;
};

/**
 * Whether somebody is asked to look in on the elder today, because her sensor has failed. Before the deadline the
 * morning asks by itself, and while an alert is open somebody is on the way; it is for the rest of the day, once it
 * is decided, and for the days that are not in the pact. Who is away is not looked for.
 */
export function asksToLookIn(home: BlindHome, now: Temporal.Instant): boolean {
  const { day, blindSince, seenAt, dayBeganAt, resumedAt } = home;
  if (!day || day.verdict === 'awaiting') return false;
  if (day.verdict === 'missed' && (day.closedAs === undefined || day.closedAs === 'unresolved')) return false;
  if (day.verdict === 'excused' && day.reason !== 'not_a_pact_day') return false;
  const patientUntil = resumedAt?.add({ minutes: HEARD_AGAIN_MINUTES });
  if (patientUntil && isBefore(now, patientUntil)) return false;
  const since = isBefore(blindSince, dayBeganAt) ? dayBeganAt : blindSince;
  return !seenAt || isBefore(seenAt, since);
}

const isBefore = (a: Temporal.Instant, b: Temporal.Instant) => Temporal.Instant.compare(a, b) < 0;
