import { Temporal } from 'temporal-polyfill';
import {
  type Channel,
  LADDER_ROLES,
  type Ladder,
  type LadderRole,
  minutesToNextStep,
  stepAt,
} from './ladder.ts';

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
  | { kind: 'arrived'; by: string; expiresAt: Temporal.Instant }
  | { kind: 'acknowledgement_expired'; by: string }
  | { kind: 'passed'; by: string }
  | { kind: 'emergency_called'; by: string | undefined }
  | { kind: 'signal_seen'; at: Temporal.Instant }
  | { kind: 'outcome_recorded'; outcome: Outcome; by: string | undefined; note?: string }
  | { kind: 'outcome_corrected'; outcome: Outcome; by: string | undefined; note?: string }
  | { kind: 'reopened'; by: string | undefined; note?: string }
  | { kind: 'noted'; note: string }
  /** Everyone who was paged is told that nobody needs to go, except the one who knows already. */
  | { kind: 'canary_ended'; end: CanaryEnd }
  | { kind: 'closed'; because: 'outcome' | 'signal' | 'canary'; except: string | undefined };

export type Refusal = 'closed' | 'not_closed' | 'already_acknowledged' | 'already_emergency';

export type Decision = { facts: readonly AlertFact[]; refused?: Refusal };

const NOTHING: Decision = { facts: [] };
const refuse = (refused: Refusal): Decision => ({ facts: [], refused });

/**
 * The facts that a command makes of an alert at `now`. Asking twice is harmless: the second answer is empty or a refusal.
 * @param onDuty who serves now
 * @param everybody whom an emergency calls, on duty or not
 */
export function decide(
  alert: Alert,
  command: AlertCommand,
  now: Temporal.Instant,
  onDuty: Roster,
  everybody: Roster = onDuty,
): Decision {
  if (command.kind === 'note') return { facts: [{ kind: 'noted', note: command.note }] };
  if (alert.status === 'closed') return decideClosed(alert, command, now, onDuty);
  const roster = alert.emergencyAt ? everybody : onDuty;

  switch (command.kind) {
    case 'advance':
      return advance(alert, now, roster);
    case 'acknowledge':
      return acknowledge(alert, command.by, now);
    case 'arrive':
      return arrive(alert, command.by, now);
    case 'pass':
      return pass(alert, command.by, now, roster);
    case 'emergency':
      return callEmergency(alert, command.by, now, everybody);
    case 'record_outcome': {
      const { outcome, by, note } = command;
      return {
        facts: [
          { kind: 'outcome_recorded', outcome, by, ...noted(note) },
          { kind: 'closed', because: 'outcome', except: by },
        ],
      };
    }
    case 'signal':
      return seeSignal(alert, command.at, command.closes);
    case 'correct_outcome':
    case 'reopen':
      return refuse('not_closed');
    case 'end_canary':
      return {
        facts: [
          { kind: 'canary_ended', end: command.end },
          { kind: 'closed', because: 'canary', except: undefined },
        ],
      };
    default:
      return command satisfies never;
  }
}

/**
 * A closed alert learns that the signal which closed it had an earlier one before it, of which nobody is told
 * again; and that its outcome was a wrong one.
 */
function decideClosed(alert: Alert, command: AlertCommand, now: Temporal.Instant, roster: Roster): Decision {
  const isByOutcome = alert.closedBy === 'outcome';
  switch (command.kind) {
    case 'advance':
      return NOTHING;
    case 'signal': {
      const isEarlier = alert.signalAt && Temporal.Instant.compare(command.at, alert.signalAt) < 0;
      if (alert.closedBy === 'signal' && isEarlier)
        return { facts: [{ kind: 'signal_seen', at: command.at }] };
      return refuse('closed');
    }
    case 'correct_outcome': {
      const { outcome, by, note } = command;
      if (outcome === alert.outcome) return NOTHING;
      return isByOutcome
        ? { facts: [{ kind: 'outcome_corrected', outcome, by, ...noted(note) }] }
        : refuse('closed');
    }
    case 'reopen': {
      if (!isByOutcome) return refuse('closed');
      const reopened: AlertFact = { kind: 'reopened', by: command.by, ...noted(command.note) };
      return { facts: [reopened, ...reachNextStep(evolve(alert, reopened, now), now, roster)] };
    }
    default:
      return refuse('closed');
  }
}

const noted = (note: string | undefined) => (note ? { note } : {});

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
      return alert;
    default:
      return fact satisfies never;
  }
}

const withoutAcknowledgement = (alert: Alert, by: string): Alert =>
  alert.acknowledgement?.by === by ? { ...alert, status: 'open', acknowledgement: undefined } : alert;

function advance(alert: Alert, now: Temporal.Instant, roster: Roster): Decision {
  if (!alert.nextStepAt || Temporal.Instant.compare(now, alert.nextStepAt) < 0) return NOTHING;
  const { acknowledgement } = alert;
  const expired: AlertFact[] = acknowledgement
    ? [{ kind: 'acknowledgement_expired', by: acknowledgement.by }]
    : [];
  return { facts: [...expired, ...reachNextStep(alert, now, roster)] };
}

/**
 * Reaches one step that pages somebody; steps that mean nobody today are passed over at once. Where none of
 * them means anybody, the office is paged, named in the ladder or not: an alert is never nobody's.
 */
function reachNextStep(alert: Alert, now: Temporal.Instant, roster: Roster): AlertFact[] {
  const { ladder, ladderFrom } = alert;
  const facts: AlertFact[] = [];
  for (let step = alert.nextStep; ; step += 1) {
    const index = step - ladderFrom;
    const isLast = index >= ladder.steps.length - 1;
    const named = pagesOf(ladder, index, roster);
    const pages = named.length > 0 || !isLast ? named : callEvery(['office'], roster);
    const minutes = pages.length > 0 || isLast ? minutesToNextStep(ladder, index) : 0;
    facts.push({ kind: 'step_reached', step, pages, emergency: false, nextStepAt: now.add({ minutes }) });
    if (pages.length > 0 || isLast) return facts;
  }
}

function pagesOf(ladder: Ladder, index: number, roster: Roster): PageOrder[] {
  const orders = (stepAt(ladder, index)?.to ?? []).flatMap(({ role, channel }) =>
    roster[role].map((personId) => ({ personId, channel, role })),
  );
  return withoutRepeats(orders);
}

const callEvery = (roles: readonly LadderRole[], roster: Roster): PageOrder[] =>
  withoutRepeats(
    roles.flatMap((role) => roster[role].map((personId) => ({ personId, channel: 'sms' as const, role }))),
  );

/** One person is paged once at a step, however many roles they have in it. */
function withoutRepeats(orders: readonly PageOrder[]): PageOrder[] {
  const byPerson = new Map<string, PageOrder>();
  for (const order of orders) {
    const key = `${order.personId}/${order.channel}`;
    if (!byPerson.has(key)) byPerson.set(key, order);
  }
  return [...byPerson.values()];
}

/** The first claim wins; a second one is told so and changes nothing. */
function acknowledge(alert: Alert, by: string, now: Temporal.Instant): Decision {
  if (alert.acknowledgement?.by === by) return NOTHING;
  if (alert.acknowledgement) return refuse('already_acknowledged');
  const expiresAt = now.add({ minutes: alert.ladder.acknowledgementMinutes });
  return { facts: [{ kind: 'acknowledged', by, expiresAt }] };
}

/** Whoever is at the door is the one to report, whoever had set out. */
function arrive(alert: Alert, by: string, now: Temporal.Instant): Decision {
  const { acknowledgement } = alert;
  if (acknowledgement?.arrivedAt) return acknowledgement.by === by ? NOTHING : refuse('already_acknowledged');
  const expiresAt = now.add({ minutes: alert.ladder.acknowledgementMinutes });
  return { facts: [{ kind: 'arrived', by, expiresAt }] };
}

/** Asks those who have not said so yet. Said again it changes nothing, until that person is paged again. */
function pass(alert: Alert, by: string, now: Temporal.Instant, roster: Roster): Decision {
  if (alert.passed.includes(by)) return NOTHING;
  const passed: AlertFact = { kind: 'passed', by };
  const somebodyElseGoes = alert.acknowledgement && alert.acknowledgement.by !== by;
  if (somebodyElseGoes) return { facts: [passed] };
  return { facts: [passed, ...reachNextStep(alert, now, without(roster, [...alert.passed, by]))] };
}

function without(roster: Roster, gone: readonly string[]): Roster {
  const stay = (role: LadderRole) => roster[role].filter((id) => !gone.includes(id));
  return {
    primary: stay('primary'),
    backup: stay('backup'),
    neighbour: stay('neighbour'),
    office: stay('office'),
    family: stay('family'),
  };
}

/** Everybody on the ladder, the office and the family at once; who called is taken to be at the door. */
function callEmergency(
  alert: Alert,
  by: string | undefined,
  now: Temporal.Instant,
  roster: Roster,
): Decision {
  if (alert.emergencyAt) return refuse('already_emergency');
  const pages = callEvery(LADDER_ROLES, roster).filter(({ personId }) => personId !== by);
  const nextStepAt = now.add({ minutes: alert.ladder.acknowledgementMinutes });
  return {
    facts: [
      { kind: 'emergency_called', by },
      { kind: 'step_reached', step: alert.nextStep, pages, emergency: true, nextStepAt },
    ],
  };
}

function seeSignal(alert: Alert, at: Temporal.Instant, closes: boolean): Decision {
  const seen: AlertFact = { kind: 'signal_seen', at };
  if (closes) return { facts: [seen, { kind: 'closed', because: 'signal', except: undefined }] };
  return alert.signalAt ? NOTHING : { facts: [seen] };
}
