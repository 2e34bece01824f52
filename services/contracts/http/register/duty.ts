import Type, { type Static } from 'typebox';
import { Instant, LocalDate, Nullable, TimeOfDay, Uuid } from '../scalars.ts';

const DutyHours = Type.Object(
  {
    /** As ISO 8601 counts: Monday is 1. */
    weekday: Type.Integer({ minimum: 1, maximum: 7 }),
    from: TimeOfDay,
    /** At or before `from` it is of the next day; 00:00 is the end of this one. */
    until: TimeOfDay,
  },
  { additionalProperties: false },
);

/** A week's hours; an empty list says always on duty. */
export const DutyDraft = Type.Object(
  { hours: Type.Array(DutyHours, { maxItems: 28 }) },
  { additionalProperties: false },
);
export type DutyDraft = Static<typeof DutyDraft>;

export const DutyView = Type.Object({ personId: Uuid, communityId: Uuid, hours: Type.Array(DutyHours) });
export type DutyView = Static<typeof DutyView>;

export const AbsenceDraft = Type.Object(
  {
    personId: Uuid,
    fromOn: LocalDate,
    /** The last day; without it the first is the only one. */
    untilOn: Type.Optional(LocalDate),
    /** Only these hours of each day. */
    fromTime: Type.Optional(TimeOfDay),
    untilTime: Type.Optional(TimeOfDay),
    /** Who is paged instead; without one the others on the ladder are. */
    standInId: Type.Optional(Nullable(Uuid)),
  },
  { additionalProperties: false },
);
export type AbsenceDraft = Static<typeof AbsenceDraft>;

/** `withPersonId` takes the day `on` of `personId`, who takes `withOn` in return. */
export const SwapDraft = Type.Object(
  { personId: Uuid, on: LocalDate, withPersonId: Uuid, withOn: LocalDate },
  { additionalProperties: false },
);
export type SwapDraft = Static<typeof SwapDraft>;

export const AbsenceView = Type.Object({
  id: Uuid,
  communityId: Uuid,
  personId: Uuid,
  name: Type.String(),
  fromOn: LocalDate,
  untilOn: LocalDate,
  fromTime: Nullable(TimeOfDay),
  untilTime: Nullable(TimeOfDay),
  standInId: Nullable(Uuid),
  standIn: Nullable(Type.String()),
  /** The same in both absences of a swap; removing one removes the other. */
  swapId: Nullable(Uuid),
  createdAt: Instant,
  cancelledAt: Nullable(Instant),
});
export type AbsenceView = Static<typeof AbsenceView>;

/** One person's day: their hours (none: all day), what takes them away, and for whom they stand in. */
const RotaCell = Type.Object({
  date: LocalDate,
  onDuty: Type.Boolean(),
  hours: Type.Array(Type.Object({ from: TimeOfDay, until: TimeOfDay })),
  absences: Type.Array(
    Type.Object({
      id: Uuid,
      fromTime: Nullable(TimeOfDay),
      untilTime: Nullable(TimeOfDay),
      /** Who serves in their place, at the end of the chain of stand-ins; null for nobody. */
      standIn: Nullable(Type.String()),
      isSwap: Type.Boolean(),
    }),
  ),
  standsInFor: Type.Array(Type.String()),
});
export type RotaCell = Static<typeof RotaCell>;

export const RotaView = Type.Object({
  communityId: Uuid,
  community: Type.String(),
  /** The Monday. */
  week: LocalDate,
  today: LocalDate,
  days: Type.Array(
    Type.Object({
      date: LocalDate,
      /** Homes that nobody but the office would be called for. */
      uncovered: Type.Array(Type.Object({ householdId: Uuid, code: Type.String() })),
    }),
  ),
  stewards: Type.Array(Type.Object({ id: Uuid, name: Type.String(), days: Type.Array(RotaCell) })),
  /** Those that touch the week. */
  absences: Type.Array(AbsenceView),
});
export type RotaView = Static<typeof RotaView>;
