import { Temporal } from 'temporal-polyfill';

/** An instant as the database driver takes and gives it; the database keeps milliseconds of ours. */
export const toDate = (instant: Temporal.Instant): Date => new Date(instant.epochMilliseconds);
export const toInstant = (date: Date): Temporal.Instant =>
  Temporal.Instant.fromEpochMilliseconds(date.getTime());
export const toInstantOrUndefined = (date: Date | null): Temporal.Instant | undefined =>
  date === null ? undefined : toInstant(date);
