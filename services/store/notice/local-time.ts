import type { Temporal } from 'temporal-polyfill';

/** Hours and minutes as people say them: 8:00, 22:10. */
export function localTime(instant: Temporal.Instant, timeZone: string): string {
  const { hour, minute } = instant.toZonedDateTimeISO(timeZone);
  return `${hour}:${String(minute).padStart(2, '0')}`;
}
