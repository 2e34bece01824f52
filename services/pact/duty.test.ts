import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import type { Roster } from './alert.ts';
import { type Absence, type DutyHours, overlap, type Rota, rosterAt, swapDays, whoServes } from './duty.ts';
import { DEFAULT_LADDER, type Ladder } from './ladder.ts';
import type { Weekday } from './pact.ts';

const PLACE = 'Asia/Shanghai';
/** A Tuesday. */
const EIGHT = Temporal.Instant.from('2026-11-24T08:00:00+08:00');
const date = (day: string) => Temporal.PlainDate.from(day);
const time = (text: string) => Temporal.PlainTime.from(text);
const hours = (from: string, until: string) => ({ from: time(from), until: time(until) });
const duty = (weekday: number, from: string, until: string): DutyHours => ({
  weekday: weekday as Weekday,
  ...hours(from, until),
});
const away = (personId: string, standIn?: string, from = '2026-11-24', until = from): Absence => ({
  personId,
  fromOn: date(from),
  untilOn: date(until),
  ...(standIn ? { standIn } : {}),
});
const rota = (
  absences: Absence[],
  duties: Record<string, DutyHours[]> = {},
  timeZone: string = PLACE,
): Rota => ({ absences, duties: new Map(Object.entries(duties)), timeZone });
const serving = (assigned: string[], of: Rota, at: Temporal.Instant | string = EIGHT) =>
  whoServes(assigned, of, Temporal.Instant.from(at));

describe('who serves', () => {
  it('is everybody in their order while no hours are agreed', () => {
    expect(serving(['li', 'wang'], rota([]))).toEqual(['li', 'wang']);
  });

  it('is the stand-in of whoever is on leave, and the stand-in of that one', () => {
    expect(serving(['li', 'wang'], rota([away('li', 'zhao')]))).toEqual(['zhao', 'wang']);
    expect(serving(['li'], rota([away('li', 'zhao'), away('zhao', 'sun')]))).toEqual(['sun']);
    expect(serving(['li'], rota([away('li', 'zhao'), away('zhao')]))).toEqual([]);
  });

  it('names nobody twice, and nobody where two stand in for each other', () => {
    expect(serving(['li', 'wang'], rota([away('li', 'wang')]))).toEqual(['wang']);
    expect(serving(['li', 'wang'], rota([away('li', 'wang'), away('wang', 'li')]))).toEqual([]);
  });

  it('counts both days of a leave, in the place’s own calendar', () => {
    const leave = rota([away('li', undefined, '2026-11-24', '2026-11-25')]);
    expect(serving(['li'], leave, '2026-11-23T23:59:59+08:00')).toEqual(['li']);
    expect(serving(['li'], leave, '2026-11-24T00:00:00+08:00')).toEqual([]);
    expect(serving(['li'], leave, '2026-11-25T23:59:59+08:00')).toEqual([]);
    expect(serving(['li'], leave, '2026-11-26T00:00:00+08:00')).toEqual(['li']);
  });

  it('leaves somebody out for an hour off, and out of their weekly hours', () => {
    const anHour = rota([{ ...away('li', 'zhao'), hours: hours('07:30', '08:30') }]);
    expect(serving(['li'], anHour)).toEqual(['zhao']);
    expect(serving(['li'], anHour, '2026-11-24T08:30:00+08:00')).toEqual(['li']);
    const mondays = { li: [duty(1, '07:00', '12:00')] };
    expect(serving(['li', 'wang'], rota([], mondays))).toEqual(['wang']);
    const tuesdays = { li: [duty(2, '07:00', '12:00')] };
    expect(serving(['li', 'wang'], rota([], tuesdays))).toEqual(['li', 'wang']);
  });

  it('lets hours that end at or before they begin reach into the next day', () => {
    const night = { li: [duty(1, '20:00', '08:30')], wang: [duty(2, '00:00', '00:00')] };
    expect(serving(['li', 'wang'], rota([], night))).toEqual(['li', 'wang']);
    expect(serving(['li', 'wang'], rota([], night), '2026-11-24T08:30:00+08:00')).toEqual(['wang']);
    expect(serving(['li', 'wang'], rota([], night), '2026-11-25T00:00:00+08:00')).toEqual([]);
  });

  it('lets a stand-in serve outside their own hours: they agreed to', () => {
    expect(serving(['li'], rota([away('li', 'zhao')], { zhao: [duty(1, '07:00', '12:00')] }))).toEqual([
      'zhao',
    ]);
  });

  it.each([
    ['the clocks go forward', '2026-03-29'],
    ['the clocks go back', '2026-10-25'],
  ])('has no hole between hours that follow each other on the day that %s', (_, day) => {
    const sunday = [duty(7, '00:00', '02:30'), duty(7, '02:30', '00:00')];
    const of = rota([], { li: sunday }, 'Europe/Berlin');
    const start = date(day).toZonedDateTime('Europe/Berlin').toInstant();
    const end = date(day).add({ days: 1 }).toZonedDateTime('Europe/Berlin').toInstant();
    for (let at = start; Temporal.Instant.compare(at, end) < 0; at = at.add({ minutes: 15 })) {
      expect([at.toString(), serving(['li'], of, at)]).toEqual([at.toString(), ['li']]);
    }
    expect(serving(['li'], of, end)).toEqual([]);
  });
});

describe('a swap', () => {
  it('lets each serve on the other’s day', () => {
    const swap = swapDays(
      { personId: 'li', on: date('2026-11-24') },
      { personId: 'wang', on: date('2026-11-25') },
    );
    if (!swap.ok) throw new Error(swap.problem);
    const of = rota([...swap.absences], {
      li: [duty(2, '07:00', '12:00')],
      wang: [duty(3, '07:00', '12:00')],
    });
    expect(serving(['li'], of)).toEqual(['wang']);
    expect(serving(['wang'], of, '2026-11-25T08:00:00+08:00')).toEqual(['li']);
  });

  it('is not made with oneself, nor of one day with itself', () => {
    const li = { personId: 'li', on: date('2026-11-24') };
    expect(swapDays(li, { ...li, on: date('2026-11-25') })).toMatchObject({ problem: 'swap_with_oneself' });
    expect(swapDays(li, { ...li, personId: 'wang' })).toMatchObject({ problem: 'swap_same_day' });
  });
});

it('tells absences that overlap from those that follow each other', () => {
  const morning = { ...away('li'), hours: hours('07:00', '09:00') };
  expect(overlap(away('li'), away('li', undefined, '2026-11-20', '2026-11-24'))).toBe(true);
  expect(overlap(away('li'), away('li', undefined, '2026-11-25'))).toBe(false);
  expect(overlap(morning, { ...morning, hours: hours('09:00', '10:00') })).toBe(false);
  expect(overlap(morning, { ...morning, hours: hours('08:59', '10:00') })).toBe(true);
  expect(overlap(morning, away('li'))).toBe(true);
});

const ROSTER: Roster = {
  primary: ['li'],
  backup: ['wang'],
  neighbour: ['sun'],
  office: ['office'],
  family: ['daughter'],
};

describe('the roster of a home', () => {
  const at = (roster: Roster, of: Rota, ladder: Ladder = DEFAULT_LADDER) =>
    rosterAt(roster, ladder, of, EIGHT);

  it('has the stand-in in the place of whoever is away, and not a second time in their own', () => {
    const { onDuty } = at(ROSTER, rota([away('li', 'wang')]));
    expect(onDuty).toMatchObject({ primary: ['wang'], backup: [], neighbour: ['sun'] });
  });

  it('calls everybody in an emergency, on leave or not, with the office whatever its hours', () => {
    const { onDuty, everybody } = at(ROSTER, rota([away('li', 'zhao'), away('wang'), away('office')]));
    expect(onDuty).toMatchObject({ primary: ['zhao'], backup: [], office: ['office'] });
    expect(everybody).toMatchObject({ primary: ['zhao', 'li'], backup: ['wang'], office: ['office'] });
  });

  it('pages those off duty rather than nobody where there is no office either', () => {
    const noOffice = { ...ROSTER, office: [] };
    const all = rota([away('li'), away('wang'), away('sun')]);
    expect(at(ROSTER, all).onDuty).toMatchObject({ primary: [], backup: [], neighbour: [] });
    expect(at(noOffice, all).onDuty).toEqual(noOffice);
  });

  it('keeps a stand-in in the only role that the ladder names', () => {
    const backupOnly: Ladder = {
      ...DEFAULT_LADDER,
      steps: [{ afterMinutes: 0, to: [{ role: 'backup', channel: 'sms' }] }],
    };
    expect(at(ROSTER, rota([away('li', 'wang')]), backupOnly).onDuty.backup).toEqual(['wang']);
  });
});

const IN_LADDER = ['primary', 'backup', 'neighbour', 'office'] as const;
const PEOPLE = ['li', 'wang', 'sun', 'zhao', 'office'];
const someone = fc.constantFrom(...PEOPLE);
const anyTime = fc
  .integer({ min: 0, max: 1439 })
  .map((minutes) => Temporal.PlainTime.from({ hour: Math.floor(minutes / 60), minute: minutes % 60 }));
const anyHours = fc.record({ from: anyTime, until: anyTime });
const anyAbsence: fc.Arbitrary<Absence> = fc
  .record({
    personId: someone,
    start: fc.integer({ min: -3, max: 3 }),
    days: fc.integer({ min: 0, max: 3 }),
    standIn: fc.option(someone, { nil: undefined }),
    hours: fc.option(anyHours, { nil: undefined }),
  })
  .map(({ personId, start, days, standIn, hours: between }) => ({
    personId,
    fromOn: date('2026-11-24').add({ days: start }),
    untilOn: date('2026-11-24').add({ days: start + days }),
    ...(standIn ? { standIn } : {}),
    ...(between ? { hours: between } : {}),
  }));
const anyDuty = fc.record({
  weekday: fc.integer({ min: 1, max: 7 }).map((day) => day as Weekday),
  from: anyTime,
  until: anyTime,
});
const anyRota: fc.Arbitrary<Rota> = fc.record({
  absences: fc.array(anyAbsence, { maxLength: 8 }),
  duties: fc
    .dictionary(someone, fc.array(anyDuty, { maxLength: 4 }))
    .map((each) => new Map(Object.entries(each))),
  timeZone: fc.constantFrom(PLACE, 'Europe/Berlin', 'America/New_York'),
});
const some = (people: string[]) => fc.subarray(people);
const anyRoster: fc.Arbitrary<Roster> = fc.record({
  primary: some(['li', 'wang']),
  backup: some(['wang', 'zhao', 'li']),
  neighbour: some(['sun']),
  office: some(['office']),
  family: fc.constant([]),
});
const anyInstant = fc.integer({ min: -4 * 1440, max: 4 * 1440 }).map((minutes) => EIGHT.add({ minutes }));

describe('whatever the rota says', () => {
  it('somebody is on duty as long as there is anybody at all', () => {
    fc.assert(
      fc.property(anyRoster, anyRota, anyInstant, (roster, of, at) => {
        const exists = Object.values(roster).some((people) => people.length > 0);
        const { onDuty } = rosterAt(roster, DEFAULT_LADDER, of, at);
        expect(Object.values(onDuty).some((people) => people.length > 0)).toBe(exists);
      }),
    );
  });

  it('nobody stands in twice at a home, and everybody hears of an emergency', () => {
    fc.assert(
      fc.property(anyRoster, anyRota, anyInstant, (roster, of, at) => {
        const { onDuty, everybody } = rosterAt(roster, DEFAULT_LADDER, of, at);
        for (const [role, people] of Object.entries(onDuty) as [keyof Roster, string[]][]) {
          expect(new Set(people).size).toBe(people.length);
          const standIns = people.filter((person) => !roster[role].includes(person));
          for (const person of standIns) {
            expect(IN_LADDER.filter((other) => onDuty[other].includes(person))).toEqual([role]);
          }
          for (const person of roster[role]) expect(everybody[role]).toContain(person);
        }
      }),
    );
  });
});
