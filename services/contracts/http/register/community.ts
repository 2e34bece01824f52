import Type, { type Static } from 'typebox';
import { ClockTime, Nullable } from '../scalars.ts';

const Name = Type.String({ minLength: 1, maxLength: 20 });

export const CommunityDraft = Type.Object(
  {
    name: Name,
    district: Type.Optional(Name),
    street: Type.Optional(Name),
    timeZone: Type.String({ minLength: 1, maxLength: 64 }),
    language: Type.Optional(Type.Enum(['zh-CN', 'en'])),
    emergencyNumber: Type.Optional(Type.String({ pattern: '^\\d{2,6}$' })),
    /** What anybody may call who finds a home's decal. */
    officePhone: Type.Optional(Nullable(Type.String({ minLength: 3, maxLength: 30 }))),
    /** When the office and stewards hear what to see to before tomorrow. */
    eveningAt: Type.Optional(ClockTime),
    /** When the office hears which homes no sensor will speak for today. */
    sensorCheckAt: Type.Optional(ClockTime),
    /** Between these nothing rings that is not about a life. */
    quietFrom: Type.Optional(ClockTime),
    quietUntil: Type.Optional(ClockTime),
    /** The share of a community in percent that must miss at once to be told as one outage. */
    stormPercent: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  { additionalProperties: false },
);
export type CommunityDraft = Static<typeof CommunityDraft>;

/** The zone of a community that has homes is not changed in passing: every day of theirs hangs on it. */
export const CommunityPatch = Type.Partial(
  Type.Object({
    ...Type.Pick(CommunityDraft, [
      'name',
      'language',
      'emergencyNumber',
      'officePhone',
      'eveningAt',
      'sensorCheckAt',
      'quietFrom',
      'quietUntil',
      'stormPercent',
    ]).properties,
    district: Nullable(Name),
    street: Nullable(Name),
  }),
  {
    minProperties: 1,
    additionalProperties: false,
  },
);
export type CommunityPatch = Static<typeof CommunityPatch>;
