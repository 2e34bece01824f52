import Type, { type Static } from 'typebox';
import { MESSAGE_STATES } from '#pact/delivery.ts';
import { ENROLMENT_STEPS } from '#pact/enrolment.ts';
import { CHANNELS } from '#pact/ladder.ts';
import { Instant, LocalDate, Nullable, Uuid } from './scalars.ts';

/** What a home's window shows; worked out on the server, so that board, CLI and wall can never disagree. */
export const HomeState = Type.Enum([
  'awaiting', // before the deadline, no proof yet
  'kept', // opened in time
  'kept_late', // opened after the deadline
  'missed', // alert open, nobody on the way
  'going', // alert open, somebody acknowledged
  'visited', // somebody was seen at the door
  'excused', // on leave, not a pact day, not in force
  'unprotected', // enrolled, but without a pact day today
]);

/** What the sensor says of the curtain (invariant 5: three truths). */
export const Curtain = Type.Enum(['open', 'closed', 'unknown']);

export const HomeView = Type.Object({
  householdId: Uuid,
  code: Type.String(),
  salutation: Type.String(),
  grid: Type.String(),
  building: Type.String(),
  unit: Nullable(Type.String()),
  floor: Nullable(Type.Integer()),
  room: Type.String(),
  state: HomeState,
  curtain: Curtain,
  /** The reason of a missed or excused day: no_signal, left_open, sensor_silent, on_leave … */
  reason: Nullable(Type.String()),
  /** When the proof was given, for kept days. */
  proofAt: Nullable(Instant),
  deadlineAt: Nullable(Instant),
  /** From when on a curtain still drawn is unusually late for this elder; never after the deadline. Pages nobody. */
  lateFrom: Nullable(Instant),
  steward: Nullable(Type.String()),
  lastSeenAt: Nullable(Instant),
  battery: Nullable(Type.Integer()),
  openTickets: Type.Integer(),
  /** Since when somebody is asked to look in on the elder today, because the sensor has failed. */
  /** A curtain opened in the middle of a leave, and nobody has said whether they are back. */
  openedAway: Nullable(Instant),
  lookIn: Nullable(Instant),
  /** Messages of the last 7 days that could not be read, as far as they are kept, and why the last one could not. */
  unread: Nullable(Type.Object({ count: Type.Integer(), lastReason: Type.String() })),
  /** The alert of that day, open or closed, and what was found. */
  alertId: Nullable(Uuid),
  outcome: Nullable(Type.String()),
  /** What its enrolment still lacks; a home is protected when nothing is. */
  missing: Type.Array(Type.Enum([...ENROLMENT_STEPS])),
});
export type HomeView = Static<typeof HomeView>;

/** One truth of a date: the homes that are shown are `enrolled` and `unprotected` together, always. */
export const LedgerCounts = Type.Object({
  /** Homes under the pact that day, each in one of the columns below; before the day is opened all await. */
  enrolled: Type.Integer(),
  awaiting: Type.Integer(),
  kept: Type.Integer(),
  keptLate: Type.Integer(),
  visited: Type.Integer(),
  excused: Type.Integer(),
  unresolved: Type.Integer(),
  /** Homes beside the ledger: without a pact, or enrolled after that day's deadline. */
  unprotected: Type.Integer(),
});
export type LedgerCounts = Static<typeof LedgerCounts>;

export const AlertEntryView = Type.Object({
  at: Instant,
  /** A fact of the alert (step_reached, acknowledged, …) or a message's fate (page_accepted, page_failed, reply_received). */
  kind: Type.String(),
  person: Nullable(Type.String()),
  role: Nullable(Type.String()),
  step: Nullable(Type.Integer()),
  detail: Type.Record(Type.String(), Type.Unknown()),
});
export type AlertEntryView = Static<typeof AlertEntryView>;

export const AlertView = Type.Object({
  id: Uuid,
  householdId: Uuid,
  code: Type.String(),
  salutation: Type.String(),
  place: Type.String(),
  phone: Nullable(Type.String()),
  onDate: LocalDate,
  reason: Type.String(),
  silentSince: Nullable(Instant),
  deadlineAt: Instant,
  openedAt: Instant,
  status: Type.Enum(['open', 'acknowledged', 'closed']),
  acknowledgedBy: Nullable(Type.String()),
  acknowledgedAt: Nullable(Instant),
  acknowledgementExpiresAt: Nullable(Instant),
  arrivedAt: Nullable(Instant),
  nextStep: Type.Integer(),
  nextStepAt: Nullable(Instant),
  emergencyAt: Nullable(Instant),
  signalAt: Nullable(Instant),
  outcome: Nullable(Type.String()),
  closedAt: Nullable(Instant),
  timeline: Type.Array(AlertEntryView),
});
export type AlertView = Static<typeof AlertView>;

export const MessageView = Type.Object({
  id: Uuid,
  direction: Type.Enum(['out', 'in']),
  kind: Type.Enum(['page', 'stand_down', 'answer', 'reply', 'notice']),
  channel: Type.Enum([...CHANNELS]),
  alertId: Nullable(Uuid),
  code: Nullable(Type.String()),
  person: Nullable(Type.String()),
  personKind: Nullable(Type.String()),
  text: Type.String(),
  state: Type.Enum([...MESSAGE_STATES]),
  failure: Nullable(Type.String()),
  createdAt: Instant,
  acceptedAt: Nullable(Instant),
  deliveredAt: Nullable(Instant),
  /** Whether the outbox holds it, so that a person at the board may answer as if from that phone. */
  answerable: Type.Boolean(),
});
export type MessageView = Static<typeof MessageView>;

/** A provider that does not take messages now. */
export const ProviderView = Type.Object({
  name: Type.String(),
  channel: Type.Enum([...CHANNELS]),
  failingSince: Instant,
  /** Messages that wait for it, of all communities. */
  waiting: Type.Integer(),
});
export type ProviderView = Static<typeof ProviderView>;

/** Whether this morning's page to the office's own phone has arrived, so that all the others can. */
export const CanaryView = Type.Object({
  /** `unknown`: accepted by a provider that never tells of delivery. */
  state: Type.Enum(['waiting', 'proven', 'unknown', 'failed']),
  /** When it came to that; the deadline while it is waited for. */
  at: Instant,
  /** When it was missed, also after it has arrived late. */
  failedAt: Nullable(Instant),
});
export type CanaryView = Static<typeof CanaryView>;

/** Homes that fell silent or missed together, for a cause that they have in common. */
export const OutageView = Type.Object({
  id: Uuid,
  cause: Type.Enum(['gateway', 'building', 'broker', 'community']),
  subject: Type.String(),
  beganAt: Instant,
  codes: Type.Array(Type.String()),
});
export type OutageView = Static<typeof OutageView>;

/** A source of devices that the bridge does not reach, and how many homes are seen by it alone or among others. */
export const LostSourceView = Type.Object({
  id: Uuid,
  name: Type.String(),
  since: Instant,
  homes: Type.Integer(),
});
export type LostSourceView = Static<typeof LostSourceView>;

/** The whole of a community's morning: what the board shows and `pact today` prints. */
export const TodayView = Type.Object({
  communityId: Uuid,
  community: Type.String(),
  timeZone: Type.String(),
  date: LocalDate,
  /** The server's clock, so that countdowns are right on a wall screen whose own clock is not. */
  now: Instant,
  /** How fast the server's clock runs against the wall: 1, and more only in the demo. */
  clockSpeed: Type.Number(),
  counts: LedgerCounts,
  homes: Type.Array(HomeView),
  alerts: Type.Array(AlertView),
  messages: Type.Array(MessageView),
  providers: Type.Array(ProviderView),
  /** Null where the community has no canary, or none today. */
  canary: Nullable(CanaryView),
  outages: Type.Array(OutageView),
  lostSources: Type.Array(LostSourceView),
});
export type TodayView = Static<typeof TodayView>;

/** A community's morning in numbers, for who may know no more. */
export const CommunitySummary = Type.Object({
  communityId: Uuid,
  community: Type.String(),
  date: LocalDate,
  counts: LedgerCounts,
  openAlerts: Type.Integer(),
});
export type CommunitySummary = Static<typeof CommunitySummary>;

/** One server-sent event of `/api/v1/stream`, named `change`: what to merge into the last TodayView. */
export const TodayChange = Type.Object({
  date: LocalDate,
  now: Instant,
  counts: LedgerCounts,
  homes: Type.Array(HomeView),
  /** Alerts that changed, closed ones included; the board drops those that are closed. */
  alerts: Type.Array(AlertView),
  messages: Type.Array(MessageView),
  providers: Type.Array(ProviderView),
  /** Null where the community has no canary, or none today. */
  canary: Nullable(CanaryView),
  outages: Type.Array(OutageView),
  lostSources: Type.Array(LostSourceView),
});
export type TodayChange = Static<typeof TodayChange>;
