import Type, { type Static } from 'typebox';
import { Instant, Nullable, Uuid } from '../scalars.ts';
import { Curtain } from '../today.ts';
import { TicketKind } from './ticket.ts';

/** What `isSensorId` of the MQTT contract accepts. */
export const SensorId = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$' });
export const SensorKind = Type.Enum(['contact', 'position']);

export const GatewayName = Type.String({ minLength: 1, maxLength: 24 });

const settings = {
  kind: Type.Optional(SensorKind),
  /** Minutes that this class of device may be silent before its curtain counts as unknown. */
  silenceMinutes: Type.Optional(Type.Integer({ minimum: 5, maximum: 1500 })),
  /** Where a rising position counts as an opening. */
  openPercent: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  /** The radio gateway that it speaks through, where there is one: sensors that share it fail together. */
  gateway: Type.Optional(Nullable(GatewayName)),
};

export const SensorDraft = Type.Object(
  { id: Type.Optional(SensorId), householdId: Uuid, ...settings },
  { additionalProperties: false },
);
export type SensorDraft = Static<typeof SensorDraft>;

/** `householdId` moves a sensor to another home. */
export const SensorPatch = Type.Partial(Type.Object({ householdId: Uuid, ...settings }), {
  minProperties: 1,
  additionalProperties: false,
});
export type SensorPatch = Static<typeof SensorPatch>;

export const SensorView = Type.Object({
  id: SensorId,
  householdId: Nullable(Uuid),
  communityId: Nullable(Uuid),
  code: Nullable(Type.String()),
  /** Null for who may know no names, too. */
  salutation: Nullable(Type.String()),
  building: Nullable(Type.String()),
  unit: Nullable(Type.String()),
  room: Nullable(Type.String()),
  kind: SensorKind,
  silenceMinutes: Type.Integer(),
  openPercent: Type.Integer(),
  gateway: Nullable(Type.String()),
  /** Mounted the other way round, and turned round by us. */
  reversed: Type.Boolean(),
  /** When somebody last tested which way it is mounted; null where nobody has since it came to this home. */
  polarityTestedAt: Nullable(Instant),
  enrolledAt: Instant,
  retiredAt: Nullable(Instant),
  /** The device of a source that speaks as it, where it does not speak for itself. */
  deviceId: Nullable(Uuid),
  curtain: Curtain,
  curtainAt: Nullable(Instant),
  lastSeenAt: Nullable(Instant),
  online: Type.Boolean(),
  battery: Nullable(Type.Integer()),
  firmware: Nullable(Type.String()),
  quarantined: Type.Integer(),
  /** Its open tickets, one of a kind. */
  tickets: Type.Array(TicketKind),
});
export type SensorView = Static<typeof SensorView>;

/** A message that could not be read; its payload is seen by people of the office only, and only its beginning. */
export const UnreadMessage = Type.Object({
  at: Instant,
  topic: Type.String(),
  reason: Type.String(),
  /** Bytes. */
  size: Type.Integer(),
  /** The first 64 bytes, as text or as hex. */
  preview: Nullable(Type.String()),
});
export type UnreadMessage = Static<typeof UnreadMessage>;

/** A sensor's card: what it last said, and its last messages that could not be read, the newest first. */
export const SensorCard = Type.Object({ ...SensorView.properties, unread: Type.Array(UnreadMessage) });
export type SensorCard = Static<typeof SensorCard>;

/** What a device needs to speak to us. The secret is stored only as a hash: this is the one time it is seen. */
export const SensorCredentials = Type.Object({
  id: SensorId,
  secret: Type.String(),
  topic: Type.String(),
});
export type SensorCredentials = Static<typeof SensorCredentials>;

/** What the new device may bring along; everything else it takes over from the old one. */
export const SensorReplacement = Type.Object(
  { id: Type.Optional(SensorId) },
  { additionalProperties: false },
);

/** What a sensor has said of its curtain since an event, the newest first; `upto` is what to ask from next. */
export const CurtainNews = Type.Object({
  upto: Type.Integer(),
  items: Type.Array(
    Type.Object({
      id: Type.Integer(),
      type: Type.Enum(['opened', 'closed', 'position']),
      position: Nullable(Type.Integer()),
      at: Instant,
    }),
  ),
});
export type CurtainNews = Static<typeof CurtainNews>;

/** What it said of the curtain that somebody saw open, and after it of the same curtain closed. */
export const PolarityTest = Type.Object(
  { openEventId: Type.Integer(), closedEventId: Type.Integer() },
  { additionalProperties: false },
);
export type PolarityTest = Static<typeof PolarityTest>;

/** `reversed`: whether it is turned round from now on. */
export const PolarityResult = Type.Object({
  result: Type.Enum(['right', 'reversed']),
  reversed: Type.Boolean(),
});
export type PolarityResult = Static<typeof PolarityResult>;
