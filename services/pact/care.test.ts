import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import {
  type CarePlan,
  canBeDone,
  countsFor,
  type LastTask,
  type OpenedTask,
  openTask,
  TASK_KINDS,
  type TaskKind,
  type TaskState,
} from './care.ts';
import type { LeaveDays } from './leave.ts';

/** A week from Monday to Sunday. */
const [MO, TU, WE, TH, FR, SA, SU] = [23, 24, 25, 26, 27, 28, 29].map((day) =>
  Temporal.PlainDate.from({ year: 2026, month: 11, day }),
) as [Day, Day, Day, Day, Day, Day, Day];
type Day = Temporal.PlainDate;

const plan = (kind: CarePlan['kind'], ...weekdays: CarePlan['weekdays']): CarePlan => ({
  ...{ kind, weekdays, fromOn: MO },
});
const daily = plan('daily_visit', 1, 2, 3, 4, 5);
const greeting = plan('daily_greeting', 1, 2, 3, 4, 5, 6, 7);
const weekly = plan('weekly_visit', 1, 4);
const last = (dueOn: Day, state: TaskState, missedSince?: Day): LastTask => ({ dueOn, state, missedSince });
const away = (fromOn: Day, untilOn: Day): LeaveDays => ({ fromOn, untilOn });
const open: OpenedTask = { state: 'open' };
const excused: OpenedTask = { state: 'excused' };
const again = (missedSince: Day): OpenedTask => ({ state: 'open', missedSince });

describe('what a plan asks for', () => {
  test.each([
    ['a daily visit on its day', daily, TU, undefined, [], open],
    ['nothing on another day of the week', daily, SA, last(FR, 'done'), [], undefined],
    ['nothing before it begins', { ...daily, fromOn: WE }, TU, undefined, [], undefined],
    ['its first day too', { ...daily, fromOn: WE }, WE, undefined, [], open],
    ['a missed visit again, and since when', daily, WE, last(TU, 'missed'), [], again(TU)],
    ['a run of misses since its first day', daily, TH, last(WE, 'missed', MO), [], again(MO)],
    [
      'a missed Friday on Saturday, though that is no day of it',
      daily,
      SA,
      last(FR, 'missed'),
      [],
      again(FR),
    ],
    ['and on Sunday still', daily, SU, last(SA, 'missed', FR), [], again(FR)],
    ['nothing more once it was done', daily, SU, last(SA, 'done', FR), [], undefined],
    ['nobody where they are away', daily, WE, last(TU, 'done'), [away(WE, TH)], excused],
    ['on the last day of a leave neither', daily, TH, undefined, [away(WE, TH)], excused],
    ['the day after a leave', daily, FR, last(TH, 'excused'), [away(WE, TH)], open],
    ['a leave that ends a run of misses', daily, WE, last(TU, 'missed', MO), [away(WE, WE)], excused],
    ['a missed greeting as a missed visit', greeting, WE, last(TU, 'missed'), [], again(TU)],
    ['a return visit on its days', weekly, TH, last(MO, 'done'), [], open],
    ['none in between', weekly, TU, last(MO, 'done'), [], undefined],
    ['no second one beside one that is still open', weekly, TH, last(MO, 'open'), [], undefined],
    [
      'a return visit that falls into a leave: nothing',
      weekly,
      TH,
      last(MO, 'done'),
      [away(TH, TH)],
      excused,
    ],
    ['the next one after a leave', plan('weekly_visit', 1, 5), FR, last(MO, 'excused'), [], open],
  ] as [string, CarePlan, Day, LastTask | undefined, LeaveDays[], OpenedTask | undefined][])(
    '%s',
    (_what, asked, date, before, leaves, expected) => {
      expect(openTask(asked, date, before, leaves)).toEqual(expected);
    },
  );
});

describe('a week of a plan, day after day', () => {
  test('two missed days, a leave, and a visit that ends it', () => {
    const states: (TaskState | undefined)[] = [];
    let before: LastTask | undefined;
    // Nobody comes on Monday and Tuesday; from Wednesday to Thursday they are away; on Friday somebody comes.
    for (const date of [MO, TU, WE, TH, FR, SA]) {
      const task = openTask(daily, date, before, [away(WE, TH)]);
      const end: TaskState | undefined =
        task?.state === 'open' ? (date.equals(FR) ? 'done' : 'missed') : task?.state;
      states.push(end);
      if (task && end) before = { dueOn: date, state: end, missedSince: task.missedSince };
    }
    expect(states).toEqual(['missed', 'missed', 'excused', 'excused', 'done', undefined]);
  });
});

describe('which contact does what', () => {
  const done = (way: Parameters<typeof countsFor>[0]) => TASK_KINDS.filter((kind) => countsFor(way, kind));
  test('a visit is also the call of the day and the return visit', () => {
    expect(done('visit')).toEqual(['daily_visit', 'daily_greeting', 'weekly_visit']);
  });
  test('a call is only a greeting', () => {
    expect(done('call')).toEqual(['daily_greeting']);
  });
  test('medicine at the door is nobody seen', () => {
    expect(done('service')).toEqual([]);
  });
});

describe('a tick', () => {
  test.each([
    ['does the visit of its day', 'daily_visit', 'open', TU, TU, true],
    ['not the one of yesterday', 'daily_visit', 'open', TU, WE, false],
    ['that waited for a network does the day on which it was made', 'daily_visit', 'missed', TU, TU, true],
    ['not one that was excused', 'daily_visit', 'excused', TU, TU, false],
    ['does a return visit on any later day', 'weekly_visit', 'open', MO, TH, true],
    ['not one that is done', 'weekly_visit', 'done', MO, TH, false],
    ['does a must-visit before its day', 'must_visit', 'open', FR, TU, true],
  ] as [string, TaskKind, TaskState, Day, Day, boolean][])(
    '%s',
    (_what, kind, state, dueOn, on, expected) => {
      expect(canBeDone({ kind, state, dueOn }, on)).toBe(expected);
    },
  );
});
