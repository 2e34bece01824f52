import { useServerTime } from '../today/clock.ts';

/** The date on the calendar of a place by the service's clock, as a date field takes it. */
export const useTodayIn = (timeZone: string): string => localDateOf(useServerTime(60_000), timeZone);

/** The date on the calendar of a place at an instant. */
export function localDateOf(instant: string | number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(new Date(instant));
}
