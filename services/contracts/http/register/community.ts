import Type, { type Static } from 'typebox';

const Name = Type.String({ minLength: 1, maxLength: 20 });

export const CommunityDraft = Type.Object(
  {
    name: Name,
    district: Type.Optional(Name),
    street: Type.Optional(Name),
    timeZone: Type.String({ minLength: 1, maxLength: 64 }),
    language: Type.Optional(Type.Enum(['zh-CN', 'en'])),
    emergencyNumber: Type.Optional(Type.String({ pattern: '^\\d{2,6}$' })),
  },
  { additionalProperties: false },
);
export type CommunityDraft = Static<typeof CommunityDraft>;

/** The zone of a community that has homes is not changed in passing: every day of theirs hangs on it. */
export const CommunityPatch = Type.Partial(
  Type.Pick(CommunityDraft, ['name', 'language', 'emergencyNumber']),
  {
    minProperties: 1,
    additionalProperties: false,
  },
);
export type CommunityPatch = Static<typeof CommunityPatch>;
