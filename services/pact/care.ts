import { Temporal } from 'temporal-polyfill';
import type { Outcome } from './alert.ts';
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

/** Services that have a name on the board; any other is asked for in free words. */
export const SERVICES = ['medicine', 'haircut', 'quilts', 'company'] as const;
export type Service = (typeof SERVICES)[number];

/** How somebody was in touch with a home: at the door and face to face, by a call, or only with a service. */
export const CONTACT_WAYS = ['visit', 'call', 'service'] as const;
export type ContactWay = (typeof CONTACT_WAYS)[number];

/** How a task is done where nothing else is said. */
export const WAY_OF: Record<TaskKind, ContactWay> = {
  daily_visit: 'visit',
  daily_greeting: 'call',
  weekly_visit: 'visit',
  must_visit: 'visit',
  service: 'service',
};

/**
 * Whether a contact with the home is, by itself, what a plan asks for that day. Eyes on somebody are worth a call, never
 * the other way round. A must-visit and a service have a purpose of their own: only who was sent for it can say it is done.
 */
export function countsFor(way: ContactWay, kind: TaskKind): boolean {
  if (kind === 'must_visit' || kind === 'service' || way === 'service') return false;
  return way === 'visit' || kind === 'daily_greeting';
}

/** Outcomes of an alert's visit in which somebody was met: nobody is at home who is away. */
export const OUTCOMES_MET: readonly Outcome[] = ['safe', 'helped', 'hospital'];

/** A task of a day ends with its day, missed where nobody came; a standing one is late from then on, and stays until it is done. */
export const isStanding = (kind: TaskKind): boolean => kind !== 'daily_visit' && kind !== 'daily_greeting';
export const STANDING_KINDS = TASK_KINDS.filter(isStanding);

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

/**
 * Whether what was pressed on a date does a task: a standing one on any day; one of a day only on that day, also where
 * the press waited for a network until the task had been missed.
 */
export function canBeDone(
  task: { kind: TaskKind; dueOn: Temporal.PlainDate; state: TaskState },
  pressedOn: Temporal.PlainDate,
): boolean {
  if (isStanding(task.kind)) return task.state === 'open';
  return (task.state === 'open' || task.state === 'missed') && task.dueOn.equals(pressedOn);
}

/** A tick may be taken back so long after it. */
export const UNDO_HOURS = 24;

/** A link to the list of a steward holds so long. */
export const CARE_LINK_DAYS = 7;

/** A press that waited for a network is taken so long after it was made. */
export const MOST_HOURS_WAITED = 48;

/** Days of which the opening of care is made up after a downtime. */
export const MOST_CARE_DAYS_BACK = 31;

const isBefore = (a: Temporal.PlainDate, b: Temporal.PlainDate) => Temporal.PlainDate.compare(a, b) < 0;
