import type { Temporal } from 'temporal-polyfill';
import { birthYearsIn, isBirthYear } from '#pact/register-limits.ts';
import { PactError } from '#platform/errors.ts';

/**
 * Refuses a year in which nobody alive can have been born, by the rule of the register's sheet.
 * @throws PactError REGISTER_INVALID, with the years that are allowed
 */
export function assertBirthYear(year: number | null | undefined, now: Temporal.Instant): void {
  const thisYear = now.toZonedDateTimeISO('UTC').year;
  if (typeof year !== 'number' || isBirthYear(year, thisYear)) return;
  const years = birthYearsIn(thisYear);
  throw new PactError('REGISTER_INVALID', 'Nobody can have been born in this year.', {
    hint: `Write a year from ${years.from} to ${years.to}, or leave it out.`,
    details: { reason: 'impossible_year', ...years },
  });
}
