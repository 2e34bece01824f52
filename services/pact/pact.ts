import { Temporal } from 'temporal-polyfill';
import { SIGNAL_KINDS, type SignalKind } from './signal.ts';

/** A day of the week as ISO 8601 counts it: Monday is 1. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** A household's promise: when, on which days, and what counts as proof. */
export type Pact = {
  deadline: Temporal.PlainTime;
  earliest: Temporal.PlainTime;
  /** Deadlines of single weekdays, where they differ. */
  deadlines: Partial<Record<Weekday, Temporal.PlainTime>>;
  weekdays: readonly Weekday[];
  accepts: readonly SignalKind[];
  /** Whether a late signal is enough to close the alert, or a visit is still asked for. */
  signalCloses: boolean;
  fromOn: Temporal.PlainDate;
  /** The last day in force; absent while the pact has no end. */
  untilOn?: Temporal.PlainDate;
};

/** A pact as people or files write it. */
export type PactDraft = {
  deadline: string;
  earliest: string;
  deadlines?: Record<string, string>;
  weekdays: readonly number[];
  accepts: readonly string[];
  signalCloses: boolean;
  fromOn: string;
  untilOn?: string | null;
};

export type PactProblem =
  | 'deadline_unreadable'
  | 'earliest_unreadable'
  | 'deadline_before_earliest'
  | 'weekdays_empty'
  | 'weekday_unknown'
  | 'accepts_empty'
  | 'accepts_unknown'
  | 'date_unreadable'
  | 'ends_before_it_starts';

/** Reads a draft; every problem is named at once, so that a person mends a form in one go. */
export function readPact(
  draft: PactDraft,
): { ok: true; pact: Pact } | { ok: false; problems: PactProblem[] } {
  const problems: PactProblem[] = [];
  const earliest = readTime(draft.earliest);
  const deadline = readTime(draft.deadline);
  if (!earliest) problems.push('earliest_unreadable');
  if (!deadline) problems.push('deadline_unreadable');

  const deadlines: Partial<Record<Weekday, Temporal.PlainTime>> = {};
  for (const [day, text] of Object.entries(draft.deadlines ?? {})) {
    const time = readTime(text);
    if (!isWeekday(Number(day))) problems.push('weekday_unknown');
    else if (time) deadlines[Number(day) as Weekday] = time;
    else problems.push('deadline_unreadable');
  }
  if (earliest && deadline) {
    const all = [deadline, ...Object.values(deadlines)];
    if (all.some((time) => Temporal.PlainTime.compare(time, earliest) <= 0)) {
      problems.push('deadline_before_earliest');
    }
  }

  if (draft.weekdays.length === 0) problems.push('weekdays_empty');
  if (!draft.weekdays.every(isWeekday)) problems.push('weekday_unknown');
  if (draft.accepts.length === 0) problems.push('accepts_empty');
  if (!draft.accepts.every(isSignalKind)) problems.push('accepts_unknown');

  const fromOn = readDate(draft.fromOn);
  const untilOn = draft.untilOn ? readDate(draft.untilOn) : undefined;
  if (!fromOn || (draft.untilOn && !untilOn)) problems.push('date_unreadable');
  else if (untilOn && Temporal.PlainDate.compare(untilOn, fromOn) < 0) problems.push('ends_before_it_starts');

  if (problems.length > 0 || !earliest || !deadline || !fromOn) {
    return { ok: false, problems: [...new Set(problems)] };
  }
  return {
    ok: true,
    pact: {
      deadline,
      earliest,
      deadlines,
      weekdays: [...new Set(draft.weekdays)].filter(isWeekday).sort(),
      accepts: draft.accepts.filter(isSignalKind),
      signalCloses: draft.signalCloses,
      fromOn,
      ...(untilOn ? { untilOn } : {}),
    },
  };
}

const USUAL = {
  times: { deadline: '08:00', earliest: '04:00', deadlines: {} },
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  accepts: ['opened', 'seen'],
} as const;

/**
 * What of a stored promise can be read, and the usual in place of the rest: nobody goes unwatched over a record that a
 * hand or another version has made unreadable.
 * @throws RangeError where not even its days are dates
 */
export function readAsFarAsPossible(draft: PactDraft): { pact: Pact; problems: PactProblem[] } {
  const read = readPact(draft);
  if (read.ok) return { pact: read.pact, problems: [] };
  const weekdays = draft.weekdays.filter(isWeekday);
  const accepts = draft.accepts.filter(isSignalKind);
  const mended = {
    ...draft,
    weekdays: weekdays.length > 0 ? weekdays : USUAL.weekdays,
    accepts: accepts.length > 0 ? accepts : USUAL.accepts,
  };
  const again = readPact(mended);
  const usual = again.ok ? again : readPact({ ...mended, ...USUAL.times });
  if (!usual.ok) throw new RangeError(`a pact without dates: ${usual.problems.join(', ')}`);
  return { pact: usual.pact, problems: read.problems };
}

/** The deadline that holds on a weekday. */
export const deadlineOn = (pact: Pact, weekday: Weekday): Temporal.PlainTime =>
  pact.deadlines[weekday] ?? pact.deadline;

const isWeekday = (value: number): value is Weekday => Number.isInteger(value) && value >= 1 && value <= 7;
const isSignalKind = (value: string): value is SignalKind => SIGNAL_KINDS.includes(value as SignalKind);

/** Hours and minutes as people write them; seconds and the 24th hour are refused. */
function readTime(text: string): Temporal.PlainTime | undefined {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim());
  return match ? Temporal.PlainTime.from({ hour: Number(match[1]), minute: Number(match[2]) }) : undefined;
}

function readDate(text: string): Temporal.PlainDate | undefined {
  try {
    return Temporal.PlainDate.from(text.trim(), { overflow: 'reject' });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
