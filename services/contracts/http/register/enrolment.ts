import Type, { type Static } from 'typebox';
import { CONSENT_PURPOSES, ENROLMENT_STEPS } from '#pact/enrolment.ts';
import { SIGNAL_KINDS } from '#pact/signal.ts';
import { Instant, LocalDate, Nullable, TimeOfDay, Uuid } from '../scalars.ts';

export const ConsentDraft = Type.Object(
  {
    purpose: Type.Enum([...CONSENT_PURPOSES]),
    signedOn: LocalDate,
    /** Where the paper is kept: a number, a folder. */
    paper: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 60 }))),
  },
  { additionalProperties: false },
);
export type ConsentDraft = Static<typeof ConsentDraft>;

export const ConsentWithdrawal = Type.Object({ on: LocalDate }, { additionalProperties: false });

export const ConsentView = Type.Object({
  id: Uuid,
  purpose: Type.Enum([...CONSENT_PURPOSES]),
  signedOn: LocalDate,
  paper: Nullable(Type.String()),
  /** The last day on which it holds. */
  withdrawnOn: Nullable(LocalDate),
  /** When that was said; it can be undone on the same day. */
  withdrawnAt: Nullable(Instant),
});
export type ConsentView = Static<typeof ConsentView>;

/** The pact of a home that has none: what is not said is the default one's. */
export const NewPact = Type.Partial(
  Type.Object({
    deadline: TimeOfDay,
    earliest: TimeOfDay,
    weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, uniqueItems: true }),
    fromOn: LocalDate,
    accepts: Type.Array(Type.Enum([...SIGNAL_KINDS]), { minItems: 1, uniqueItems: true }),
    ladderId: Uuid,
  }),
  { additionalProperties: false },
);
export type NewPact = Static<typeof NewPact>;

/** A test of everything from the curtain to the steward's phone. */
export const CommissioningView = Type.Object({
  id: Uuid,
  sensorId: Type.String(),
  startedAt: Instant,
  /** When it runs out. */
  untilAt: Instant,
  openedAt: Nullable(Instant),
  closedAt: Nullable(Instant),
  pagedAt: Nullable(Instant),
  /** Whose phone rings. */
  steward: Nullable(Type.String()),
  /** What the provider says of the page. */
  pageState: Nullable(Type.String()),
  pageReachedAt: Nullable(Instant),
  passedAt: Nullable(Instant),
  endedAt: Nullable(Instant),
});
export type CommissioningView = Static<typeof CommissioningView>;

/** How far a home has come on the guided path. */
export const EnrolmentView = Type.Object({
  householdId: Uuid,
  code: Type.String(),
  salutation: Type.String(),
  missing: Type.Array(Type.Enum([...ENROLMENT_STEPS])),
  consents: Type.Array(ConsentView),
  /** The test that runs, else the last one. */
  commissioning: Nullable(CommissioningView),
});
export type EnrolmentView = Static<typeof EnrolmentView>;

/** A home that is not protected yet, and what is missing. */
export const UnfinishedHome = Type.Object({
  householdId: Uuid,
  code: Type.String(),
  salutation: Type.String(),
  building: Type.String(),
  unit: Nullable(Type.String()),
  room: Type.String(),
  missing: Type.Array(Type.Enum([...ENROLMENT_STEPS])),
});
export type UnfinishedHome = Static<typeof UnfinishedHome>;
