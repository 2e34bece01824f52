import Type, { type Static } from 'typebox';
import { PageOf, PageQuery } from './paging.ts';
import { Instant, Nullable, Uuid } from './scalars.ts';

export const VisitView = Type.Object({
  id: Uuid,
  householdId: Uuid,
  code: Type.String(),
  salutation: Type.String(),
  alertId: Nullable(Uuid),
  person: Nullable(Type.String()),
  /** Who at the office wrote it down, where it was not the visitor. */
  recordedBy: Nullable(Type.String()),
  outcome: Type.String(),
  note: Nullable(Type.String()),
  visitedAt: Instant,
  recordedAt: Instant,
});
export type VisitView = Static<typeof VisitView>;

export const VisitQuery = Type.Object({
  ...PageQuery,
  community: Type.Optional(Uuid),
  household: Type.Optional(Uuid),
});
export const VisitPage = PageOf(VisitView);

/** Somebody saw the elder with their own eyes. */
export const SignalRequest = Type.Object({ kind: Type.Enum(['seen']), at: Type.Optional(Instant) });
