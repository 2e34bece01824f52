import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import type { Weekday } from './pact.ts';
import { middleHalf, type Opening, unusuallyLateFrom } from './rhythm.ts';

const DATE = Temporal.PlainDate.from('2026-11-24');
const TUESDAY: Weekday = 2;
const ZONE = 'Asia/Shanghai';
const at = (time: string) => DATE.toZonedDateTime({ timeZone: ZONE, plainTime: time }).toInstant();
const WINDOW = { earliestAt: at('04:00'), deadlineAt: at('08:00') };

/** Openings at these times, one a day, the newest first, of the days before the date. */
const mornings = (times: readonly string[]): Opening[] =>
  times.map((time, index) => {
    const { hour, minute } = Temporal.PlainTime.from(time);
    const { dayOfWeek } = DATE.subtract({ days: index + 1 });
    return { weekday: dayOfWeek as Weekday, minute: hour * 60 + minute };
  });
const lateFrom = (openings: readonly Opening[], window = WINDOW) =>
  unusuallyLateFrom(openings, DATE, ZONE, window)
    ?.toZonedDateTimeISO(ZONE)
    .toPlainTime()
    .toString({ smallestUnit: 'minute' });
const always = (time: string, days: number) => mornings(Array.from({ length: days }, () => time));

describe('unusually late for her', () => {
  it('is twenty minutes after the usual time of somebody who opens by the clock', () => {
    expect(lateFrom(always('06:10', 28))).toBe('06:30');
  });

  it('is later for somebody whose mornings vary', () => {
    const varied = mornings(Array.from({ length: 28 }, (_, day) => (day % 2 ? '06:00' : '06:30')));
    expect(lateFrom(varied)).toBe('07:22');
  });

  it('is not moved by one odd morning', () => {
    const odd = mornings(['11:40', ...Array.from({ length: 27 }, () => '06:10')]);
    expect(lateFrom(odd)).toBe('06:30');
  });

  it('goes by the weekday where that has a rhythm of its own', () => {
    const openings = always('06:00', 28).map((opening) =>
      opening.weekday === TUESDAY ? { ...opening, minute: 7 * 60 } : opening,
    );
    expect(lateFrom(openings)).toBe('07:20');
  });

  it('looks at the last 28 openings only', () => {
    expect(lateFrom([...always('06:10', 28), ...always('04:10', 60)])).toBe('06:30');
  });

  it('is not known before a week of openings, nor where it would come only after the deadline', () => {
    expect(lateFrom(always('06:10', 6))).toBeUndefined();
    expect(lateFrom(always('06:10', 7))).toBe('06:30');
    expect(lateFrom(always('07:50', 28))).toBeUndefined();
  });

  it('always lies inside the window, whatever the mornings were', () => {
    const opening = fc.record({ weekday: fc.constantFrom(1, 2, 3, 4, 5, 6, 7), minute: fc.nat(1439) });
    fc.assert(
      fc.property(fc.array(opening, { maxLength: 40 }), (openings) => {
        const from = unusuallyLateFrom(openings as Opening[], DATE, ZONE, WINDOW);
        if (!from) return;
        expect(Temporal.Instant.compare(from, WINDOW.earliestAt)).toBeGreaterThan(0);
        expect(Temporal.Instant.compare(from, WINDOW.deadlineAt)).toBeLessThan(0);
      }),
    );
  });
});

describe('the middle half of her openings', () => {
  it('leaves the earliest and the latest quarter out', () => {
    expect(middleHalf([360, 362, 364, 366, 368, 370, 372, 700])).toEqual({ from: 364, until: 370 });
  });

  it('is not told of a few mornings', () => {
    expect(middleHalf([360, 362, 364])).toBeUndefined();
  });
});
