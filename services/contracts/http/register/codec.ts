import Type, { type Static } from 'typebox';
import { Mapping } from '#contracts/bridge/mapping.ts';
import { Instant, Nullable, Uuid } from '../scalars.ts';

/** Makers' decoders are some kilobytes; what is larger is a bundle of something else. */
export const LONGEST_CODE = 64 * 1024;
const Code = Type.String({ minLength: 1, maxLength: LONGEST_CODE, pattern: '\\S' });
const exact = { additionalProperties: false };

export const CodecDraft = Type.Object(
  {
    communityId: Uuid,
    name: Type.String({ minLength: 1, maxLength: 40, pattern: '\\S' }),
    code: Code,
    mapping: Mapping,
  },
  exact,
);
export type CodecDraft = Static<typeof CodecDraft>;

export const CodecView = Type.Object({
  id: Uuid,
  communityId: Uuid,
  name: Type.String(),
  sha256: Type.String(),
  mapping: Mapping,
  /** Of the code. */
  bytes: Type.Integer(),
  /** How many are read by it. */
  devices: Type.Integer(),
  createdAt: Instant,
  /** When it last had to be stopped, by which refusal, and how often in all. */
  stoppedAt: Nullable(Instant),
  stoppedFor: Nullable(Type.String()),
  stoppedCount: Type.Integer(),
});
export type CodecView = Static<typeof CodecView>;

export const CodecFile = Type.Interface([CodecView], { code: Type.String() });
export type CodecFile = Static<typeof CodecFile>;

/** A frame as people copy it: pairs of hex digits with or without something between, or base64. */
const Hex = Type.String({ maxLength: 12_288, pattern: '^(?:[\\s:,-]*(?:0x)?[0-9A-Fa-f]{2})+[\\s:,-]*$' });
const Base64 = Type.String({ maxLength: 5_464, pattern: '^[A-Za-z0-9+/_-]{2,}={0,2}$' });

export const CodecTry = Type.Object(
  {
    communityId: Uuid,
    code: Code,
    /** Without one only the codec's own data is answered. */
    mapping: Type.Optional(Mapping),
    hex: Type.Optional(Hex),
    base64: Type.Optional(Base64),
    fPort: Type.Optional(Nullable(Type.Integer({ minimum: 0, maximum: 255 }))),
  },
  exact,
);
export type CodecTry = Static<typeof CodecTry>;

/** What the bridge makes of a frame by a codec and its mapping; null is what it says nothing of. */
const CodecReading = Type.Object({
  contact: Nullable(Type.Union([Type.Literal('open'), Type.Literal('closed')])),
  position: Nullable(Type.Number()),
  battery: Nullable(Type.Number()),
  batteryLow: Nullable(Type.Boolean()),
  tamper: Nullable(Type.Boolean()),
  openings: Nullable(Type.Number()),
  deviceAt: Nullable(Instant),
});

export const CodecTrialView = Type.Object({
  /** Whether the codec has answered. */
  ok: Type.Boolean(),
  /** Its own data. */
  data: Type.Unknown(),
  reading: Nullable(CodecReading),
  /** Why there is no data or no reading. */
  refusal: Nullable(Type.String()),
  /** What the codec or its engine said. */
  message: Nullable(Type.String()),
});
export type CodecTrialView = Static<typeof CodecTrialView>;
