import Type, { type Static } from 'typebox';
import { Instant, LocalDate, Nullable, Uuid } from '../scalars.ts';

export const LeaveDraft = Type.Object(
  {
    householdId: Uuid,
    fromOn: LocalDate,
    /** The last day away. */
    untilOn: LocalDate,
    reason: Type.Optional(Nullable(Type.String({ maxLength: 100 }))),
  },
  { additionalProperties: false },
);
export type LeaveDraft = Static<typeof LeaveDraft>;

export const LeaveView = Type.Object({
  id: Uuid,
  householdId: Uuid,
  communityId: Uuid,
  code: Type.String(),
  fromOn: LocalDate,
  untilOn: LocalDate,
  reason: Nullable(Type.String()),
  createdAt: Instant,
  cancelledAt: Nullable(Instant),
});
export type LeaveView = Static<typeof LeaveView>;
