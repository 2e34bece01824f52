import { Temporal } from 'temporal-polyfill';

/** Whether it is a day on the calendar: no 30 February. */
export function isDate(text: string): boolean {
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
