import { Temporal } from 'temporal-polyfill';
import type { LeaveDays } from './leave.ts';
import type { Weekday } from './pact.ts';

/** Whom the office looks after in a home, with a pact or without. */
export const HOME_KINDS = ['elder_alone', 'elder_with_child', 'child_in_hardship'] as const;
export type HomeKind = (typeof HOME_KINDS)[number];

/** What comes by rule to chosen homes: a visit a day, a call a day, a return visit on days of the week. */
export const PLAN_KINDS = ['daily_visit', 'daily_greeting', 'weekly_visit'] as const;
export type PlanKind = (typeof PLAN_KINDS)[number];

/** Everything that a steward's list of today may ask for. */
export const TASK_KINDS = [...PLAN_KINDS, 'must_visit', 'service'] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

/** How a task of a day ends; a standing one stays open until it is done or taken back. */
export const TASK_STATES = ['open', 'done', 'missed', 'excused'] as const;
export type TaskState = (typeof TASK_STATES)[number];

/**
 * Why nobody has to come: the home is away, its plan ended, the office took the task back, the home left the register,
 * or the day before, for which it came back, turned out to have been done.
 */
export const TASK_EXCUSES = ['on_leave', 'plan_ended', 'taken_back', 'not_in_register', 'made_up'] as const;
export type TaskExcuse = (typeof TASK_EXCUSES)[number];

/** The five occasions on which a home must be visited (五必访), and within how many days; a community may add its own. */
export const OCCASIONS = {
  hardship: 3,
  illness: 1,
  wedding_funeral: 1,
  emergency: 0,
  health_task: 3,
} as const satisfies Record<string, number>;
export type Occasion = keyof typeof OCCASIONS;

/** How somebody was in touch with a home: at the door and face to face, by a call, or only with a service. */
export const CONTACT_WAYS = ['visit', 'call', 'service'] as const;
export type ContactWay = (typeof CONTACT_WAYS)[number];

/**
 * Whether a contact with the home is, by itself, what a plan asks for that day. Eyes on somebody are worth a call, never
 * the other way round. A must-visit and a service have a purpose of their own: only who was sent for it can say it is done.
 */
export function countsFor(way: ContactWay, kind: TaskKind): boolean {
  if (kind === 'must_visit' || kind === 'service' || way === 'service') return false;
  return way === 'visit' || kind === 'daily_greeting';
}

/** A task of a day ends with its day and comes again; a standing one stays on the list until it is done. */
export const isStanding = (kind: TaskKind): boolean => kind !== 'daily_visit' && kind !== 'daily_greeting';

export type CarePlan = { kind: PlanKind; weekdays: readonly Weekday[]; fromOn: Temporal.PlainDate };

/** The newest task of a plan before a date. */
export type LastTask = {
  dueOn: Temporal.PlainDate;
  state: TaskState;
  /** The first day of the run of misses to which it belongs. */
  missedSince: Temporal.PlainDate | undefined;
};

export type OpenedTask = {
  state: 'open' | 'excused';
  /** Since when it is missed; absent where it is not. */
  missedSince?: Temporal.PlainDate;
};

/**
 * What a plan asks for on a date: its task, or nothing. A daily task that was missed comes again the next day, also on
 * a day of the week that is not in the plan, and says since when. A weekly one that nobody has done yet is still on
 * the list, and no second one comes beside it. Who is away is excused, and that ends a run of misses.
 */
export function openTask(
  plan: CarePlan,
  date: Temporal.PlainDate,
  last: LastTask | undefined,
  leaves: readonly LeaveDays[],
): OpenedTask | undefined {
  if (isBefore(date, plan.fromOn)) return undefined;
  const isPlanned = plan.weekdays.includes(date.dayOfWeek as Weekday);
  if (isStanding(plan.kind) && last?.state === 'open') return undefined;
  const comesBack = last?.state === 'missed';
  if (!isPlanned && !comesBack) return undefined;
  if (isAway(leaves, date)) return { state: 'excused' };
  return comesBack ? { state: 'open', missedSince: last.missedSince ?? last.dueOn } : { state: 'open' };
}

export const isAway = (leaves: readonly LeaveDays[], date: Temporal.PlainDate): boolean =>
  leaves.some(({ fromOn, untilOn }) => !isBefore(date, fromOn) && !isBefore(untilOn, date));

export type OpenTask = { kind: TaskKind; dueOn: Temporal.PlainDate };

/**
 * What becomes of a task that is open when `date` has ended: a task of that day is missed; a standing one is late from
 * the day after it was due, and stays.
 */
export function atEndOf(task: OpenTask, date: Temporal.PlainDate): 'missed' | 'late' | 'waits' {
  if (isBefore(date, task.dueOn)) return 'waits';
  return isStanding(task.kind) ? 'late' : 'missed';
}

/**
 * Whether what was pressed on a date does a task: a standing one on any day; one of a day only on that day, also where
 * the press waited for a network until the task had been missed.
 */
export function canBeDone(task: OpenTask & { state: TaskState }, pressedOn: Temporal.PlainDate): boolean {
  if (isStanding(task.kind)) return task.state === 'open';
  return (task.state === 'open' || task.state === 'missed') && task.dueOn.equals(pressedOn);
}

const isBefore = (a: Temporal.PlainDate, b: Temporal.PlainDate) => Temporal.PlainDate.compare(a, b) < 0;
