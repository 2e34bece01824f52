import { Temporal } from 'temporal-polyfill';
import type { Chance } from './chance.ts';

/** Everything that a run may do to us, as the report's table names it. */
export const FAULT_KINDS = {
  crash: 'a process dies between two statements',
  statement_lost: 'a statement fails and its transaction with it',
  commit_unheard: 'a commit goes through and nobody hears of it',
  part_down: 'one part is down for a while',
  all_down: 'the box is down over a deadline',
  clock_back: 'a clock is set back',
  clock_ahead: 'a clock is ahead for a while',
  job_lost: 'a job is lost',
  job_doubled: 'a job comes twice',
  job_late: 'a job comes late',
  at_once: 'parts work at the same moment, their statements in any order',
  puback_lost: 'a PUBACK is lost and the sensor sends again',
  retained: 'a retained opening is replayed',
  buffered: 'a sensor tells late what it has buffered',
  storm: 'all homes of a gateway fall silent',
  sensor_dies: 'a sensor dies',
  answer_lost: 'the provider accepts and its answer is lost',
  request_lost: 'the provider never gets the request',
  refused: 'the provider refuses',
  throttled: 'the provider takes no more for now',
  provider_down: 'the provider is away',
  receipt_lost: 'a receipt is lost',
  receipt_doubled: 'a receipt comes twice',
  receipt_late: 'a receipt comes late',
  reply_doubled: 'a reply is handed over twice',
} as const;
export type FaultKind = keyof typeof FAULT_KINDS;

export type Decision = { id: string; kind: FaultKind; at: number; line: string };

/** Decides which faults strike, and keeps the decisions as the run's history. */
export type Faults = {
  readonly decisions: readonly Decision[];
  /** @param at epoch milliseconds; from the end of the faults on nothing strikes any more */
  strikes(kind: FaultKind, label: string, probability: number, at: number, line: string): boolean;
  endAt(at: number): void;
};

/** @param without ids of decisions that are left out, to see whether a violation needs them */
export function createFaults(chance: Chance, without: ReadonlySet<string>): Faults {
  const decisions: Decision[] = [];
  let end = Number.POSITIVE_INFINITY;
  return {
    decisions,
    strikes(kind, label, probability, at, line) {
      const id = `${kind} ${label}`;
      if (at >= end || without.has(id) || !chance.happens(id, probability)) return false;
      decisions.push({ id, kind, at, line });
      return true;
    },
    endAt(at) {
      end = at;
    },
  };
}

/** The history for people: one line a decision, in the place's own time. */
export function tellDecisions(decisions: readonly Decision[], timeZone: string): string[] {
  return [...decisions]
    .sort((a, b) => a.at - b.at)
    .map(({ at, kind, line }) => {
      const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
      const time = local.toPlainTime().toString({ smallestUnit: 'second' });
      return `${local.toPlainDate().toString()} ${time}  ${kind}: ${line}`;
    });
}
