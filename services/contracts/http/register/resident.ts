import Type, { type Static } from 'typebox';
import { MOBILITIES } from '#pact/register-limits.ts';
import { Nullable, Uuid } from '../scalars.ts';

const Mobility = Type.Enum([...MOBILITIES]);

const fields = {
  name: Type.String({ minLength: 1, maxLength: 20 }),
  /** Of the last 120 years; what is none is refused by its own reason. */
  birthYear: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 9999 }))),
  phone: Type.Optional(Nullable(Type.String({ minLength: 3, maxLength: 30 }))),
  livesAlone: Type.Optional(Type.Boolean()),
  hearingWeak: Type.Optional(Type.Boolean()),
  /** How they get about; null where nobody has said. */
  mobility: Type.Optional(Nullable(Mobility)),
  /** Whom to ask about their health, and how. */
  doctor: Type.Optional(Nullable(Type.String({ maxLength: 60 }))),
  note: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
};

export const ResidentDraft = Type.Object(fields, { additionalProperties: false });
export type ResidentDraft = Static<typeof ResidentDraft>;

export const NewResident = Type.Object({ householdId: Uuid, ...fields }, { additionalProperties: false });
export const ResidentPatch = Type.Partial(ResidentDraft, { minProperties: 1, additionalProperties: false });
export type ResidentPatch = Static<typeof ResidentPatch>;

export const ResidentView = Type.Object({
  id: Uuid,
  householdId: Uuid,
  communityId: Uuid,
  name: Type.String(),
  birthYear: Nullable(Type.Integer()),
  phone: Nullable(Type.String()),
  livesAlone: Type.Boolean(),
  hearingWeak: Type.Boolean(),
  mobility: Nullable(Mobility),
  doctor: Nullable(Type.String()),
  note: Nullable(Type.String()),
});
export type ResidentView = Static<typeof ResidentView>;
