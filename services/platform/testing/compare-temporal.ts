import { Temporal } from 'temporal-polyfill';
import { expect } from 'vitest';

const KINDS = [
  Temporal.Instant,
  Temporal.ZonedDateTime,
  Temporal.PlainDate,
  Temporal.PlainTime,
  Temporal.PlainDateTime,
  Temporal.PlainYearMonth,
  Temporal.Duration,
] as const;

/** What they are lies in no property, so that `toMatchObject` by itself takes any one for any other. */
expect.addEqualityTesters([
  (a, b) => {
    const kind = KINDS.find((each) => a instanceof each);
    return kind && b instanceof kind ? String(a) === String(b) : undefined;
  },
]);
