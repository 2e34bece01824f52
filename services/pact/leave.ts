import { Temporal } from 'temporal-polyfill';

/** A home is away for whole days, both ends included, and never without an end. */
export type LeaveDays = { fromOn: Temporal.PlainDate; untilOn: Temporal.PlainDate };

/** So long a leave may be that is said by a link: whoever is away for longer talks to the office. */
export const MOST_LEAVE_DAYS_BY_LINK = 92;

/** So long a link holds by which a family says a leave. */
export const LEAVE_LINK_DAYS = 30;

/**
 * Whether a curtain that opens on `date` asks if somebody is back. Not on the first day, which begins at home, and not on
 * the last: from the next one on the home is watched anyway.
 */
export const asksWhetherBack = ({ fromOn, untilOn }: LeaveDays, date: Temporal.PlainDate): boolean =>
  Temporal.PlainDate.compare(date, fromOn) > 0 && Temporal.PlainDate.compare(date, untilOn) < 0;
