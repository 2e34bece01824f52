import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { type Daily, dueOn, isAllClearDue, isQuiet } from './schedule.ts';

const SHANGHAI = 'Asia/Shanghai';
const BERLIN = 'Europe/Berlin';
const at = (text: string) => Temporal.Instant.from(text);
const evening: Daily = { time: '20:30', timeZone: SHANGHAI, withinMinutes: 210 };
const never = () => false;

describe('what comes every day', () => {
  it('comes at its time and not before', () => {
    expect(dueOn(evening, at('2026-11-24T20:29:59+08:00'), never)).toBeUndefined();
    expect(dueOn(evening, at('2026-11-24T20:30:00+08:00'), never)?.toString()).toBe('2026-11-24');
  });

  it('comes late after a downtime, within reason', () => {
    expect(dueOn(evening, at('2026-11-24T23:59:00+08:00'), never)?.toString()).toBe('2026-11-24');
    expect(dueOn(evening, at('2026-11-25T00:00:00+08:00'), never)).toBeUndefined();
    expect(dueOn({ ...evening, withinMinutes: 60 }, at('2026-11-24T21:31:00+08:00'), never)).toBeUndefined();
  });

  it('comes once, also when the clock is set back or we restart across the hour', () => {
    const told = new Set<string>();
    const tell = (time: string) => {
      const date = dueOn(evening, at(time), (day) => told.has(day));
      if (date) told.add(date.toString());
      return date !== undefined;
    };
    expect(tell('2026-11-24T20:30:00+08:00')).toBe(true);
    expect(tell('2026-11-24T20:29:00+08:00')).toBe(false);
    expect(tell('2026-11-24T20:31:00+08:00')).toBe(false);
    expect(tell('2026-11-25T20:30:05+08:00')).toBe(true);
    expect(tell('2026-11-24T20:45:00+08:00')).toBe(false);
  });

  it('comes once on both days on which the clocks change, by the wall clock', () => {
    const spring: Daily = { time: '02:30', timeZone: BERLIN, withinMinutes: 600 };
    expect(dueOn(spring, at('2026-03-29T03:29:00+02:00'), never)).toBeUndefined();
    expect(dueOn(spring, at('2026-03-29T03:30:00+02:00'), never)?.toString()).toBe('2026-03-29');
    expect(dueOn(spring, at('2026-10-25T02:30:00+02:00'), never)?.toString()).toBe('2026-10-25');
    const morning: Daily = { time: '07:30', timeZone: BERLIN, withinMinutes: 60 };
    for (const date of ['2026-03-29', '2026-10-25']) {
      const now = Temporal.ZonedDateTime.from(`${date}T07:30[${BERLIN}]`).toInstant();
      expect(dueOn(morning, now.subtract({ seconds: 1 }), never)).toBeUndefined();
      expect(dueOn(morning, now, never)?.toString()).toBe(date);
    }
  });

  it('is told once a date in any order of sweeps', () => {
    const minutes = fc.array(fc.integer({ min: 0, max: 5 * 24 * 60 }), { maxLength: 60 });
    fc.assert(
      fc.property(minutes, (sweeps) => {
        const told: string[] = [];
        for (const minute of sweeps) {
          const now = at('2026-10-23T00:00:00+02:00').add({ minutes: minute });
          const date = dueOn({ ...evening, timeZone: BERLIN }, now, (day) => told.includes(day));
          if (date) told.push(date.toString());
        }
        expect(new Set(told).size).toBe(told.length);
      }),
    );
  });
});

describe('quiet hours', () => {
  const night = { from: '21:00', until: '06:30' };
  it('lie across midnight, or within a day', () => {
    expect(isQuiet(night, at('2026-11-24T20:59:59+08:00'), SHANGHAI)).toBe(false);
    expect(isQuiet(night, at('2026-11-24T21:00:00+08:00'), SHANGHAI)).toBe(true);
    expect(isQuiet(night, at('2026-11-25T06:29:59+08:00'), SHANGHAI)).toBe(true);
    expect(isQuiet(night, at('2026-11-25T06:30:00+08:00'), SHANGHAI)).toBe(false);
    expect(isQuiet({ from: '12:00', until: '14:00' }, at('2026-11-24T13:00:00+08:00'), SHANGHAI)).toBe(true);
    expect(isQuiet({ from: '12:00', until: '12:00' }, at('2026-11-24T12:00:00+08:00'), SHANGHAI)).toBe(false);
  });
  it('hold back what is not about a life', () => {
    const quiet = { ...evening, quiet: night };
    expect(dueOn(quiet, at('2026-11-24T20:45:00+08:00'), never)).toBeDefined();
    expect(dueOn(quiet, at('2026-11-24T21:45:00+08:00'), never)).toBeUndefined();
    const late = { ...quiet, time: '22:00' };
    expect(dueOn(late, at('2026-11-24T22:00:00+08:00'), never)).toBeDefined();
  });
});

describe('the all-clear', () => {
  const day = {
    date: Temporal.PlainDate.from('2026-11-24'),
    timeZone: SHANGHAI,
    lastDeadlineAt: at('2026-11-24T09:00:00+08:00'),
    wasTold: false,
    unjudged: 0,
    resumedAt: undefined,
  };
  it('comes five minutes after the last deadline, once', () => {
    expect(isAllClearDue(day, at('2026-11-24T09:04:59+08:00'))).toBe(false);
    expect(isAllClearDue(day, at('2026-11-24T09:05:00+08:00'))).toBe(true);
    expect(isAllClearDue({ ...day, wasTold: true }, at('2026-11-24T09:06:00+08:00'))).toBe(false);
  });
  it('comes late after a downtime, until midnight, and lets the days be judged first', () => {
    const resumedAt = at('2026-11-24T15:00:00+08:00');
    const back = { ...day, resumedAt, unjudged: 3 };
    expect(isAllClearDue(back, at('2026-11-24T15:01:00+08:00'))).toBe(false);
    expect(isAllClearDue({ ...back, unjudged: 0 }, at('2026-11-24T15:01:10+08:00'))).toBe(true);
    expect(isAllClearDue(back, at('2026-11-24T15:05:00+08:00'))).toBe(true);
    expect(isAllClearDue(day, at('2026-11-25T00:00:00+08:00'))).toBe(false);
  });
  it('is not lost where the last deadline lies before midnight', () => {
    const late = { ...day, lastDeadlineAt: at('2026-11-24T23:58:00+08:00') };
    expect(isAllClearDue(late, at('2026-11-25T00:03:00+08:00'))).toBe(true);
  });
});
