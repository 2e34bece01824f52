import type { Temporal } from 'temporal-polyfill';
import type { Channel, Ladder, LadderRole } from './ladder.ts';

/** What somebody who stood at the door says. Only one of these closes an alert (invariant 7). */
export const OUTCOMES = ['safe', 'helped', 'hospital', 'away', 'died'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Somebody's expiring promise to go; `arrivedAt` once they stand at the door. */
export type Acknowledgement = {
  by: string;
  at: Temporal.Instant;
  expiresAt: Temporal.Instant;
  arrivedAt: Temporal.Instant | undefined;
};

/** How a canary's alert ends: its page arrived, or nobody can tell, or it never did. */
export type CanaryEnd = 'proven' | 'unknown' | 'unproven';

/** An alert as its facts have made it. `nextStepAt` is absent only when it is closed (invariant 3). */
export type Alert = {
  status: 'open' | 'acknowledged' | 'closed';
  ladder: Ladder;
  nextStep: number;
  nextStepAt: Temporal.Instant | undefined;
  /** The step at which the ladder began; later than 0 once an outcome was taken back. */
  ladderFrom: number;
  acknowledgement: Acknowledgement | undefined;
  emergencyAt: Temporal.Instant | undefined;
  signalAt: Temporal.Instant | undefined;
  closedBy: 'outcome' | 'signal' | 'canary' | undefined;
  /** The last word on what was found. */
  outcome: Outcome | undefined;
  /** Who said that they cannot go, and has neither been paged nor offered to go since. */
  passed: readonly string[];
};

/** The persons that each role of the ladder means for this household at this moment, in order. */
export type Roster = Readonly<Record<LadderRole, readonly string[]>>;

export type PageOrder = { personId: string; channel: Channel; role: LadderRole };

export type AlertCommand =
  /** The next step's time has come. */
  | { kind: 'advance' }
  | { kind: 'acknowledge'; by: string }
  /** Somebody stands at the door; whoever else had set out is relieved. */
  | { kind: 'arrive'; by: string }
  /** The office has agreed with somebody that they go, whoever had set out. */
  | { kind: 'reassign'; to: string }
  /** "Cannot go": whoever is next hears of it at once. */
  | { kind: 'pass'; by: string }
  | { kind: 'emergency'; by: string | undefined }
  | { kind: 'record_outcome'; outcome: Outcome; by: string | undefined; note?: string }
  /** A second entry beside a wrong one. */
  | { kind: 'correct_outcome'; outcome: Outcome; by: string | undefined; note?: string }
  /** The outcome was a mistake, and nobody has seen the person: the ladder begins anew. */
  | { kind: 'reopen'; by: string | undefined; note?: string }
  | { kind: 'signal'; at: Temporal.Instant; closes: boolean }
  | { kind: 'note'; note: string }
  /** Somebody spoke to the elder by phone, in the provider's `call`. It says nothing yet of how they are. */
  | { kind: 'talk'; by: string; seconds: number; call: string }
  /** The canary's page has arrived, or its day is over without; the system says so, and nobody was visited. */
  | { kind: 'end_canary'; end: CanaryEnd };

export type AlertFact =
  | {
      kind: 'step_reached';
      step: number;
      pages: readonly PageOrder[];
      emergency: boolean;
      nextStepAt: Temporal.Instant;
    }
  | { kind: 'acknowledged'; by: string; expiresAt: Temporal.Instant }
  /** `relieves`: who had set out and need not go any more. */
  | { kind: 'arrived'; by: string; expiresAt: Temporal.Instant; relieves?: string }
  | { kind: 'reassigned'; by: string; expiresAt: Temporal.Instant; relieves?: string }
  | { kind: 'acknowledgement_expired'; by: string }
  | { kind: 'passed'; by: string }
  | { kind: 'emergency_called'; by: string | undefined }
  | { kind: 'signal_seen'; at: Temporal.Instant }
  | { kind: 'outcome_recorded'; outcome: Outcome; by: string | undefined; note?: string }
  | { kind: 'outcome_corrected'; outcome: Outcome; by: string | undefined; note?: string }
  | { kind: 'reopened'; by: string | undefined; note?: string }
  | { kind: 'noted'; note: string }
  | { kind: 'talked'; by: string; seconds: number; call: string }
  /** Everyone who was paged is told that nobody needs to go, except the one who knows already. */
  | { kind: 'canary_ended'; end: CanaryEnd }
  | { kind: 'closed'; because: 'outcome' | 'signal' | 'canary'; except: string | undefined };

export type Refusal =
  | 'closed'
  | 'not_closed'
  | 'already_acknowledged'
  | 'already_emergency'
  | 'not_on_ladder';

export type Decision = { facts: readonly AlertFact[]; refused?: Refusal };

/** Folds a fact into the alert. */
export function evolve(alert: Alert, fact: AlertFact, now: Temporal.Instant): Alert {
  switch (fact.kind) {
    case 'step_reached':
      return {
        ...alert,
        nextStep: fact.step + 1,
        nextStepAt: fact.nextStepAt,
        passed: alert.passed.filter((person) => !fact.pages.some(({ personId }) => personId === person)),
      };
    case 'acknowledged':
      return {
        ...alert,
        status: 'acknowledged',
        acknowledgement: { by: fact.by, at: now, expiresAt: fact.expiresAt, arrivedAt: undefined },
        nextStepAt: fact.expiresAt,
        passed: alert.passed.filter((person) => person !== fact.by),
      };
    case 'arrived': {
      const at = alert.acknowledgement?.by === fact.by ? alert.acknowledgement.at : now;
      return {
        ...alert,
        status: 'acknowledged',
        acknowledgement: { by: fact.by, at, expiresAt: fact.expiresAt, arrivedAt: now },
        nextStepAt: fact.expiresAt,
        passed: alert.passed.filter((person) => person !== fact.by),
      };
    }
    case 'reassigned':
      return {
        ...alert,
        status: 'acknowledged',
        acknowledgement: { by: fact.by, at: now, expiresAt: fact.expiresAt, arrivedAt: undefined },
        nextStepAt: fact.expiresAt,
        // The page that told them is no rung of the ladder: whoever was next still is.
        ladderFrom: alert.ladderFrom + 1,
        passed: alert.passed.filter((person) => person !== fact.by),
      };
    case 'acknowledgement_expired':
      return withoutAcknowledgement(alert, fact.by);
    case 'passed':
      return { ...withoutAcknowledgement(alert, fact.by), passed: [...alert.passed, fact.by] };
    case 'emergency_called':
      return { ...alert, emergencyAt: now };
    case 'signal_seen':
      return { ...alert, signalAt: fact.at };
    case 'closed':
      return { ...alert, status: 'closed', nextStepAt: undefined, closedBy: fact.because };
    case 'reopened':
      return {
        ...alert,
        status: 'open',
        nextStepAt: now,
        ladderFrom: alert.nextStep,
        acknowledgement: undefined,
        emergencyAt: undefined,
        closedBy: undefined,
        outcome: undefined,
        passed: [],
      };
    case 'outcome_recorded':
    case 'outcome_corrected':
      return { ...alert, outcome: fact.outcome };
    case 'canary_ended':
    case 'noted':
    case 'talked':
      return alert;
    default:
      return fact satisfies never;
  }
}

const withoutAcknowledgement = (alert: Alert, by: string): Alert =>
  alert.acknowledgement?.by === by ? { ...alert, status: 'open', acknowledgement: undefined } : alert;
