import type { Temporal } from 'temporal-polyfill';
import { dueOn } from './schedule.ts';

/** When a night's backup begins, where the community is: after what is no longer kept was removed. */
const BACKUP_AT = '03:15';

/** Until then a night's backup is made up for; later, mornings have begun, and the next night is near. */
const WITHIN_MINUTES = 20 * 60;

const RETRY_MINUTES = 30;

/** A night and half a day: one that is made in the morning after a failed night is in time. */
const OLD_HOURS = 36;

/** Whether the last backup is so old that a night was left out. */
export const isOldBackup = (madeAt: Temporal.Instant, now: Temporal.Instant): boolean =>
  now.epochMilliseconds - madeAt.epochMilliseconds > OLD_HOURS * 3_600_000;

/** The last try for a night; `done` says that it went through. */
export type LastNight = { on: string; begunAt: Temporal.Instant; done: boolean };

/**
 * The date of the night whose backup is to be made now; undefined when there is none. One that failed is tried again
 * twice an hour, so that a disk that is put back in the morning still gets the night's.
 */
export function dueBackup(
  now: Temporal.Instant,
  timeZone: string,
  last: LastNight | undefined,
): string | undefined {
  const daily = { time: BACKUP_AT, timeZone, withinMinutes: WITHIN_MINUTES };
  const isSettled = (date: string): boolean => {
    if (!last || date > last.on) return false;
    const sinceMs = now.epochMilliseconds - last.begunAt.epochMilliseconds;
    // A clock that was set back must not hold it off until it has caught up.
    return date < last.on || last.done || (sinceMs >= 0 && sinceMs < RETRY_MINUTES * 60_000);
  };
  return dueOn(daily, now, isSettled)?.toString();
}
