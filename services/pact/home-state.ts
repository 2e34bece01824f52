import type { Temporal } from 'temporal-polyfill';
import type { Alert } from './alert.ts';
import type { LedgerColumn, Verdict } from './pact-day.ts';
import { isFresh, type SensorEvidence } from './verdict.ts';

/** What a home's window shows. `unprotected`: beside the ledger that day, without a pact or enrolled too late for it. */
export const HOME_STATES = [
  'awaiting',
  'kept',
  'kept_late',
  'missed',
  'going',
  'visited',
  'excused',
  'unprotected',
] as const;
export type HomeState = (typeof HOME_STATES)[number];

/** What is known of a home's day; `day` is absent where none was opened for it. */
export type HomeDay = {
  day:
    | { verdict: Verdict; closedAs: LedgerColumn | undefined; alert: Alert['status'] | undefined }
    | undefined;
  hasPact: boolean;
  /** Whether the days of this date have been opened, so that one that is not there will not come. */
  opened: boolean;
};

/** The one place that decides what board, CLI and wall show of a home. */
export function homeStateOf({ day, hasPact, opened }: HomeDay): HomeState {
  if (!day) return hasPact && !opened ? 'awaiting' : 'unprotected';
  if (day.verdict === 'awaiting') return 'awaiting';
  switch (day.closedAs) {
    case 'kept':
    case 'kept_late':
    case 'visited':
    case 'excused':
      return day.closedAs;
    case 'unresolved':
    case undefined:
      return day.alert === 'acknowledged' ? 'going' : 'missed';
    default:
      return day.closedAs satisfies never;
  }
}

/** What a home's sensors say of its curtain now; of several the fresh ones speak, and silence is unknown (invariant 5). */
export function curtainOf(
  sensors: readonly SensorEvidence[],
  now: Temporal.Instant,
): SensorEvidence['curtain'] {
  const fresh = sensors.filter((sensor) => isFresh(sensor, now)).map((sensor) => sensor.curtain);
  if (fresh.includes('open')) return 'open';
  return fresh.includes('closed') ? 'closed' : 'unknown';
}
