import Type, { type Static } from 'typebox';
import { CHANNELS, LADDER_ROLES } from '#pact/ladder.ts';
import { SIGNAL_KINDS } from '#pact/signal.ts';
import { LocalDate, Nullable, TimeOfDay, Uuid } from '../scalars.ts';

export const PactPatch = Type.Partial(
  Type.Object({
    ladderId: Uuid,
    deadline: TimeOfDay,
    earliest: TimeOfDay,
    /** Deadlines of single weekdays, by ISO number. */
    deadlines: Type.Record(Type.String({ pattern: '^[1-7]$' }), TimeOfDay),
    weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, uniqueItems: true }),
    accepts: Type.Array(Type.Enum([...SIGNAL_KINDS]), { minItems: 1, uniqueItems: true }),
    /** Whether a late signal closes the alert, or a visit is still asked for. */
    signalCloses: Type.Boolean(),
    /** Whether the elder is called while a steward walks. */
    callsElder: Type.Boolean(),
    fromOn: LocalDate,
    untilOn: Nullable(LocalDate),
  }),
  { minProperties: 1, additionalProperties: false },
);
export type PactPatch = Static<typeof PactPatch>;

export const PactView = Type.Object({
  id: Uuid,
  householdId: Uuid,
  communityId: Uuid,
  ladderId: Uuid,
  deadline: TimeOfDay,
  earliest: TimeOfDay,
  deadlines: Type.Record(Type.String(), TimeOfDay),
  weekdays: Type.Array(Type.Integer()),
  accepts: Type.Array(Type.String()),
  signalCloses: Type.Boolean(),
  callsElder: Type.Boolean(),
  fromOn: LocalDate,
  untilOn: Nullable(LocalDate),
});
export type PactView = Static<typeof PactView>;

const LadderFields = {
  name: Type.String({ minLength: 1, maxLength: 20 }),
  steps: Type.Array(
    Type.Object({
      afterMinutes: Type.Integer({ minimum: 0, maximum: 240 }),
      to: Type.Array(
        Type.Object({
          role: Type.Enum([...LADDER_ROLES]),
          channel: Type.Enum([...CHANNELS]),
        }),
      ),
    }),
    { maxItems: 20 },
  ),
  repeatMinutes: Type.Integer({ minimum: 1, maximum: 240 }),
  acknowledgementMinutes: Type.Integer({ minimum: 1, maximum: 240 }),
};

export const LadderDraft = Type.Object(
  { communityId: Uuid, ...LadderFields },
  { additionalProperties: false },
);
export type LadderDraft = Static<typeof LadderDraft>;
export const LadderPatch = Type.Partial(Type.Object(LadderFields), {
  minProperties: 1,
  additionalProperties: false,
});
export type LadderPatch = Static<typeof LadderPatch>;
export const LadderView = Type.Object({ id: Uuid, communityId: Uuid, ...LadderFields });
export type LadderView = Static<typeof LadderView>;
