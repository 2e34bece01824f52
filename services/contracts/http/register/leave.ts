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

/** The last day away, today at the earliest. */
export const LeavePatch = Type.Object({ untilOn: LocalDate }, { additionalProperties: false });

export const LeaveAnswer = Type.Object({ back: Type.Boolean() }, { additionalProperties: false });

/** For somebody of the home; `send` puts the link into an SMS to them as well. */
export const LeaveLinkRequest = Type.Object(
  { personId: Uuid, send: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
);

export const LeaveView = Type.Object({
  id: Uuid,
  householdId: Uuid,
  communityId: Uuid,
  code: Type.String(),
  salutation: Type.String(),
  fromOn: LocalDate,
  untilOn: LocalDate,
  reason: Nullable(Type.String()),
  createdAt: Instant,
  cancelledAt: Nullable(Instant),
  /** The family or steward who said it; null where the office did. */
  askedBy: Nullable(Type.String()),
  /** When a curtain first opened in the middle of it. */
  openedAt: Nullable(Instant),
  /** What was answered to whether they are back; null while nobody has. */
  back: Nullable(Type.Boolean()),
});
export type LeaveView = Static<typeof LeaveView>;

/** What a leave link opens: no address, no telephone of the home. */
export const LeaveDoorView = Type.Object({
  person: Type.String(),
  salutation: Type.String(),
  community: Type.String(),
  officePhone: Nullable(Type.String()),
  language: Type.Enum(['zh-CN', 'en']),
  /** The date where the home stands. */
  today: LocalDate,
  timeZone: Type.String(),
  leaves: Type.Array(
    Type.Object({
      id: Uuid,
      fromOn: LocalDate,
      untilOn: LocalDate,
      reason: Nullable(Type.String()),
      openedAt: Nullable(Instant),
      back: Nullable(Type.Boolean()),
    }),
  ),
});
export type LeaveDoorView = Static<typeof LeaveDoorView>;

const only = { additionalProperties: false };
/** What is pressed there. A new leave brings its own id: sent twice it is one. */
export const LeavePress = Type.Union([
  Type.Object(
    {
      action: Type.Literal('say'),
      id: Uuid,
      fromOn: LocalDate,
      untilOn: LocalDate,
      reason: Type.Optional(Type.String({ maxLength: 100 })),
    },
    only,
  ),
  Type.Object({ action: Type.Literal('change'), id: Uuid, untilOn: LocalDate }, only),
  Type.Object({ action: Type.Literal('cancel'), id: Uuid }, only),
  Type.Object({ action: Type.Literal('answer'), id: Uuid, back: Type.Boolean() }, only),
]);
export type LeavePress = Static<typeof LeavePress>;
