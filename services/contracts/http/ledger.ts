import Type, { type Static } from 'typebox';
import { Instant, LocalDate, Nullable, Uuid } from './scalars.ts';
import { LedgerCounts } from './today.ts';

export const LedgerQuery = Type.Object({
  community: Type.Optional(Uuid),
  /** The first and the last day, both included; without them the last 31 days. */
  from: Type.Optional(LocalDate),
  to: Type.Optional(LocalDate),
});

export const LedgerDay = Type.Object({ date: LocalDate, counts: LedgerCounts });
export type LedgerDay = Static<typeof LedgerDay>;

export const LedgerView = Type.Object({
  communityId: Uuid,
  community: Type.String(),
  days: Type.Array(LedgerDay),
});

/** One home's line in a day's ledger. */
export const LedgerHome = Type.Object({
  householdId: Uuid,
  code: Type.String(),
  salutation: Type.String(),
  grid: Type.String(),
  verdict: Type.Enum(['awaiting', 'kept', 'missed', 'excused']),
  reason: Nullable(Type.String()),
  closedAs: Nullable(Type.Enum(['kept', 'kept_late', 'visited', 'excused', 'unresolved'])),
  deadlineAt: Instant,
  proofAt: Nullable(Instant),
  proofKind: Nullable(Type.String()),
  alertId: Nullable(Uuid),
  outcome: Nullable(Type.String()),
});
export type LedgerHome = Static<typeof LedgerHome>;

export const LedgerDayView = Type.Object({
  communityId: Uuid,
  community: Type.String(),
  date: LocalDate,
  counts: LedgerCounts,
  homes: Type.Array(LedgerHome),
});
export type LedgerDayView = Static<typeof LedgerDayView>;
