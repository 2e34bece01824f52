import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { type PactDraft, readPact } from './pact.ts';
import { endOfDay, openDay, windowOf } from './pact-day.ts';
import { localDateAt } from './time-zone.ts';

const DRAFT: PactDraft = {
  deadline: '08:00',
  earliest: '04:00',
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  accepts: ['opened', 'seen'],
  signalCloses: true,
  fromOn: '2026-01-01',
};

function pactWith(changes: Partial<PactDraft> = {}) {
  const read = readPact({ ...DRAFT, ...changes });
  if (!read.ok) throw new Error(read.problems.join());
  return read.pact;
}

const day = (text: string) => Temporal.PlainDate.from(text);
const utc = (window: { earliestAt: Temporal.Instant; deadlineAt: Temporal.Instant }) => [
  window.earliestAt.toString(),
  window.deadlineAt.toString(),
];

describe('the window of a pact day', () => {
  it('is four to eight in Shanghai, the whole year', () => {
    expect(utc(windowOf(pactWith(), day('2026-11-24'), 'Asia/Shanghai'))).toEqual([
      '2026-11-23T20:00:00Z',
      '2026-11-24T00:00:00Z',
    ]);
  });

  it('keeps eight on the clock when London goes to summer time and back', () => {
    const deadline = (date: string) => windowOf(pactWith(), day(date), 'Europe/London').deadlineAt.toString();
    expect(deadline('2026-03-28')).toBe('2026-03-28T08:00:00Z');
    expect(deadline('2026-03-29')).toBe('2026-03-29T07:00:00Z');
    expect(deadline('2026-10-25')).toBe('2026-10-25T08:00:00Z');
  });

  it('takes a time that New York leaves out in spring as the same distance after the gap', () => {
    const pact = pactWith({ earliest: '01:00', deadline: '02:30' });
    const { deadlineAt } = windowOf(pact, day('2026-03-08'), 'America/New_York');
    expect(deadlineAt.toString()).toBe('2026-03-08T07:30:00Z');
  });

  it('takes the first of two half past ones when New York falls back', () => {
    const pact = pactWith({ earliest: '00:30', deadline: '01:30' });
    const { deadlineAt } = windowOf(pact, day('2026-11-01'), 'America/New_York');
    expect(deadlineAt.toString()).toBe('2026-11-01T05:30:00Z');
  });

  it("moves by Lord Howe's half hour", () => {
    const hours = (date: string) => {
      const { earliestAt, deadlineAt } = windowOf(
        pactWith({ earliest: '01:00', deadline: '08:00' }),
        day(date),
        'Australia/Lord_Howe',
      );
      return earliestAt.until(deadlineAt).total('hours');
    };
    expect(hours('2026-04-04')).toBe(7);
    expect(hours('2026-04-05')).toBe(7.5);
    expect(hours('2026-10-04')).toBe(6.5);
  });

  it('follows the weekday where a household has a later Sunday', () => {
    const pact = pactWith({ deadlines: { 7: '09:30' } });
    expect(windowOf(pact, day('2026-11-29'), 'Asia/Shanghai').deadlineAt.toString()).toBe(
      '2026-11-29T01:30:00Z',
    );
  });

  it('never begins before the date, never ends after it, and never overlaps the next day', () => {
    const zones = ['Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Shanghai'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 730 }),
        fc.integer({ min: 0, max: 22 }),
        fc.integer({ min: 1, max: 59 }),
        (zone, offset, hour, minute) => {
          const date = day('2026-01-01').add({ days: offset });
          const pact = pactWith({
            earliest: `${hour}:00`,
            deadline: `${hour}:${String(minute).padStart(2, '0')}`,
          });
          const { earliestAt, deadlineAt } = windowOf(pact, date, zone);
          const next = windowOf(pact, date.add({ days: 1 }), zone);
          expect(Temporal.Instant.compare(earliestAt, deadlineAt)).toBeLessThanOrEqual(0);
          expect(localDateAt(earliestAt, zone).equals(date)).toBe(true);
          expect(Temporal.Instant.compare(deadlineAt, endOfDay(date, zone))).toBeLessThan(0);
          expect(Temporal.Instant.compare(deadlineAt, next.earliestAt)).toBeLessThan(0);
        },
      ),
    );
  });
});

describe('how a day begins', () => {
  const open = (date: string, changes: Partial<PactDraft> = {}, leaves: [string, string][] = []) => {
    const opened = openDay(
      pactWith(changes),
      day(date),
      'Asia/Shanghai',
      leaves.map(([from, until]) => ({ fromOn: day(from), untilOn: day(until) })),
    );
    return opened.verdict === 'excused' ? opened.reason : opened.verdict;
  };

  it('waits for the signal of a household at home', () => {
    expect(open('2026-11-24')).toBe('awaiting');
  });

  it('excuses the first and the last day of a leave, and no day beside it', () => {
    const leave: [string, string][] = [['2026-11-24', '2026-11-26']];
    expect(
      ['2026-11-23', '2026-11-24', '2026-11-26', '2026-11-27'].map((date) => open(date, {}, leave)),
    ).toEqual(['awaiting', 'on_leave', 'on_leave', 'awaiting']);
  });

  it('excuses weekdays that are not in the pact', () => {
    expect(open('2026-11-28', { weekdays: [1, 2, 3, 4, 5] })).toBe('not_a_pact_day');
  });

  it('excuses days before the pact begins and after it ends', () => {
    const term = { fromOn: '2026-11-24', untilOn: '2026-11-25' };
    expect(['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26'].map((date) => open(date, term))).toEqual([
      'not_in_force',
      'awaiting',
      'awaiting',
      'not_in_force',
    ]);
  });
});

describe('a pact as the office writes it', () => {
  it('names every problem at once', () => {
    const read = readPact({
      ...DRAFT,
      deadline: '03:00',
      weekdays: [],
      accepts: ['smoke'],
      fromOn: '2026-02-30',
    });
    expect(read.ok ? [] : read.problems).toEqual([
      'deadline_before_earliest',
      'weekdays_empty',
      'accepts_unknown',
      'date_unreadable',
    ]);
  });

  it('refuses a weekday deadline before the earliest time', () => {
    const read = readPact({ ...DRAFT, deadlines: { 6: '03:30' } });
    expect(read.ok ? [] : read.problems).toEqual(['deadline_before_earliest']);
  });

  it('refuses times that no clock shows', () => {
    for (const deadline of ['24:00', '8', '8:60', '', 'noon', '08:00:00']) {
      expect(readPact({ ...DRAFT, deadline }).ok, deadline).toBe(false);
    }
  });
});
