import Type, { type Static } from 'typebox';
import { HOME_KINDS } from '#pact/care.ts';
import { REGISTER_LIMITS } from '#pact/register-limits.ts';
import { Instant, LocalDate, Nullable, TimeOfDay, Uuid } from '../scalars.ts';
import { LeaveView } from './leave.ts';
import { NameWithin } from './names.ts';
import { PactView } from './pact.ts';
import { AssignedPerson, AssignmentsDraft } from './person.ts';
import { ResidentDraft, ResidentView } from './resident.ts';
import { SensorView } from './sensor.ts';

const { code, salutation, building, unit, room, keyNote } = REGISTER_LIMITS;

const fields = {
  grid: Type.String({ minLength: 1, maxLength: 20 }),
  code: Type.String({ pattern: `^\\d{${code.least},${code.most}}$` }),
  salutation: NameWithin(salutation),
  building: Type.String({ minLength: 1, maxLength: building }),
  unit: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: unit }))),
  floor: Type.Optional(Nullable(Type.Integer({ minimum: -9, maximum: 200 }))),
  room: Type.String({ minLength: 1, maxLength: room }),
  /** Whom the office looks after there. */
  kind: Type.Optional(Type.Enum([...HOME_KINDS])),
  phone: Type.Optional(Nullable(Type.String({ minLength: 3, maxLength: 30 }))),
  note: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
  /** Who has a key, in the few words that an emergency text has room for. */
  keyNote: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: keyNote }))),
  /** The resident has agreed in writing that the door may be forced. */
  entryConsent: Type.Optional(Type.Boolean()),
};

/** A new home with its people; its pact begins as the default one where nothing else is said. */
export const HouseholdDraft = Type.Object(
  {
    communityId: Uuid,
    ...fields,
    residents: Type.Optional(Type.Array(ResidentDraft, { maxItems: 9 })),
    assignments: Type.Optional(AssignmentsDraft),
    /** Null for a home that signs later. */
    pact: Type.Optional(
      Nullable(
        Type.Partial(
          Type.Object({
            deadline: TimeOfDay,
            earliest: TimeOfDay,
            weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
              minItems: 1,
              uniqueItems: true,
            }),
            fromOn: LocalDate,
          }),
        ),
      ),
    ),
  },
  { additionalProperties: false },
);
export type HouseholdDraft = Static<typeof HouseholdDraft>;

export const HouseholdPatch = Type.Partial(Type.Object(fields), {
  minProperties: 1,
  additionalProperties: false,
});
export type HouseholdPatch = Static<typeof HouseholdPatch>;

export const HouseholdView = Type.Object({
  id: Uuid,
  communityId: Uuid,
  grid: Type.String(),
  code: Type.String(),
  salutation: Type.String(),
  building: Type.String(),
  unit: Nullable(Type.String()),
  floor: Nullable(Type.Integer()),
  room: Type.String(),
});
export type HouseholdView = Static<typeof HouseholdView>;

/** Where a home is, as a list tells it. */
export const HomePlace = Type.Object({
  ...HouseholdView.properties,
  /** Null for who may know no names. */
  salutation: Nullable(Type.String()),
});
export type HomePlace = Static<typeof HomePlace>;

export const HomeNote = Type.Object({
  id: Uuid,
  note: Type.String(),
  writtenAt: Instant,
  /** Null for a program's. */
  writtenBy: Nullable(Type.String()),
  struckAt: Nullable(Instant),
});
export type HomeNote = Static<typeof HomeNote>;
export const HomeNoteDraft = Type.Object(
  { note: Type.String({ minLength: 1, maxLength: 500 }) },
  { additionalProperties: false },
);

/** What people remember of a home. It goes in the body: addresses are logged by others. */
export const HouseholdSearch = Type.Object(
  {
    community: Type.Optional(Uuid),
    question: Type.String({ maxLength: 60 }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
    offset: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
);

export const FoundHousehold = Type.Object({
  id: Uuid,
  code: Type.String(),
  salutation: Type.String(),
  grid: Type.String(),
  building: Type.String(),
  unit: Nullable(Type.String()),
  floor: Nullable(Type.Integer()),
  room: Type.String(),
  steward: Nullable(Type.String()),
  residents: Nullable(Type.Array(Type.String())),
});
export type FoundHousehold = Static<typeof FoundHousehold>;

/** One change of the register: which fields, from what to what. */
export const RegisterChange = Type.Object({
  id: Type.Integer(),
  at: Instant,
  /** Null for the command line. */
  who: Nullable(Type.String()),
  subject: Type.String(),
  kind: Type.Enum(['insert', 'update', 'delete']),
  /** Whom it is about, where that is a person. */
  about: Nullable(Type.String()),
  before: Type.Record(Type.String(), Type.Unknown()),
  after: Type.Record(Type.String(), Type.Unknown()),
});
export type RegisterChange = Static<typeof RegisterChange>;

/** The whole file of a home (一户一表). Reading one is written to the audit log. */
export const HouseholdFile = Type.Object({
  ...HouseholdView.properties,
  kind: Type.Enum([...HOME_KINDS]),
  phone: Nullable(Type.String()),
  note: Nullable(Type.String()),
  keyNote: Nullable(Type.String()),
  entryConsent: Type.Boolean(),
  residents: Type.Array(ResidentView),
  people: Type.Array(AssignedPerson),
  pact: Nullable(PactView),
  sensors: Type.Array(SensorView),
  leaves: Type.Array(LeaveView),
  notes: Type.Array(HomeNote),
});
export type HouseholdFile = Static<typeof HouseholdFile>;
