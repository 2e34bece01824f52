import Type, { type Static } from 'typebox';
import { CHANNELS } from '#pact/ladder.ts';
import { REGISTER_LIMITS } from '#pact/register-limits.ts';
import { ClockTime, Nullable, Uuid } from '../scalars.ts';
import { NameWithin } from './names.ts';

export const PersonKind = Type.Enum(['steward', 'neighbour', 'office', 'family']);
export const AssignmentRole = Type.Enum(['primary', 'backup', 'neighbour', 'family']);
const Name = NameWithin(REGISTER_LIMITS.personName);
const Phone = Type.String({ minLength: 3, maxLength: 30 });

export const PersonDraft = Type.Object(
  {
    communityId: Uuid,
    kind: Type.Optional(PersonKind),
    /** The person's own number on the roster, where the office gives one. */
    code: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 16 }))),
    name: Name,
    phone: Phone,
    /** When family who asked for it hear each day how their elder is; null for never. */
    dailyAt: Type.Optional(Nullable(ClockTime)),
    /** How the person is reached, the best way first. */
    channels: Type.Optional(
      Type.Array(Type.Enum([...CHANNELS]), { minItems: 1, maxItems: CHANNELS.length, uniqueItems: true }),
    ),
    /** The group in which the channel `robot` speaks to this person. */
    robotId: Type.Optional(Nullable(Uuid)),
  },
  { additionalProperties: false },
);
export type PersonDraft = Static<typeof PersonDraft>;

export const PersonPatch = Type.Partial(
  Type.Pick(PersonDraft, ['code', 'name', 'phone', 'dailyAt', 'channels', 'robotId']),
  {
    minProperties: 1,
    additionalProperties: false,
  },
);
export type PersonPatch = Static<typeof PersonPatch>;

export const PersonView = Type.Object({
  id: Uuid,
  communityId: Uuid,
  kind: PersonKind,
  code: Nullable(Type.String()),
  name: Type.String(),
  phone: Type.String(),
  dailyAt: Nullable(ClockTime),
  channels: Type.Array(Type.Enum([...CHANNELS])),
  robotId: Nullable(Uuid),
  /** How many homes name this person in some role. */
  households: Type.Integer(),
});
export type PersonView = Static<typeof PersonView>;

export const AssignedPerson = Type.Object({
  id: Uuid,
  kind: PersonKind,
  name: Type.String(),
  phone: Type.String(),
  role: AssignmentRole,
});

/** Who looks after a home; a list that is given replaces the one before, in its order. */
export const AssignmentsDraft = Type.Partial(
  Type.Object({
    primary: Type.Array(Uuid, { maxItems: 1, uniqueItems: true }),
    backup: Type.Array(Uuid, { maxItems: 9, uniqueItems: true }),
    neighbour: Type.Array(Uuid, { maxItems: 20, uniqueItems: true }),
    family: Type.Array(Uuid, { maxItems: 9, uniqueItems: true }),
  }),
  { additionalProperties: false },
);
export type AssignmentsDraft = Static<typeof AssignmentsDraft>;
