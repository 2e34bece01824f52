import { Temporal } from 'temporal-polyfill';
import { YEAR_PATTERN } from '#contracts/http/scalars.ts';
import type { TerminalText } from '#pact/text/terminal.ts';
import { PactError } from '#platform/errors.ts';

/** Hours and minutes in a place of an instant as answers carry it; empty for none. */
export function localTime(instant: string | null, timeZone: string): string {
  if (instant === null) return '';
  return Temporal.Instant.from(instant)
    .toZonedDateTimeISO(timeZone)
    .toPlainTime()
    .toString({ smallestUnit: 'minute' });
}

/** Date, hours and minutes in a place. */
export const localDateTime = (instant: string | null, timeZone: string): string =>
  instant === null
    ? ''
    : `${Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate()} ${localTime(instant, timeZone)}`;

/** @throws PactError BAD_REQUEST when it is no date of the calendar */
export function readDateOption(value: string | undefined, text: TerminalText): string | undefined {
  if (value === undefined) return undefined;
  try {
    const date = Temporal.PlainDate.from(value, { overflow: 'reject' }).toString();
    if (new RegExp(YEAR_PATTERN).test(date)) return date;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new PactError('BAD_REQUEST', text.badDate);
}
