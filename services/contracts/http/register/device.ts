import Type, { type Static } from 'typebox';
import { DEVICE_FORMATS } from '../../bridge/formats.ts';
import { Instant, Nullable, Uuid } from '../scalars.ts';
import { SensorId, SensorKind } from './sensor.ts';

const Format = Type.Enum(DEVICE_FORMATS);
const exact = { additionalProperties: false };
const Percent = Type.Integer({ minimum: 0, maximum: 100 });

/** One message of a device, and what became of it. */
export const DeviceReport = Type.Object({
  id: Type.Integer(),
  receivedAt: Instant,
  /** By the network's clock, and by the device's own. */
  networkAt: Nullable(Instant),
  deviceAt: Nullable(Instant),
  /** Kept by a broker and handed out again. */
  retained: Type.Boolean(),
  /** Null for programs, as the payload is: what a device is called may name a home. */
  topic: Nullable(Type.String()),
  /** As text, or as hex. */
  payload: Nullable(Type.String()),
  isText: Type.Boolean(),
  fPort: Nullable(Type.Integer()),
  contact: Nullable(Type.Enum(['open', 'closed'])),
  position: Nullable(Type.Integer()),
  battery: Nullable(Type.Integer()),
  refusal: Nullable(Type.String()),
  became: Nullable(Type.String()),
});
export type DeviceReport = Static<typeof DeviceReport>;

export const DeviceView = Type.Object({
  id: Uuid,
  communityId: Uuid,
  sourceId: Uuid,
  address: Type.String(),
  name: Nullable(Type.String()),
  format: Nullable(Format),
  /** What its frames look like. */
  guess: Nullable(Format),
  codecId: Nullable(Uuid),
  /** The sensor in use that it is paired with, and that one's home. */
  sensorId: Nullable(SensorId),
  householdId: Nullable(Uuid),
  code: Nullable(Type.String()),
  salutation: Nullable(Type.String()),
  building: Nullable(Type.String()),
  unit: Nullable(Type.String()),
  room: Nullable(Type.String()),
  /** Whether it is known which of its values means open: told by its format, tested at its home, or not. */
  polarity: Type.Enum(['told', 'tested', 'untested']),
  /** Milliseconds for which a contact must rest; null as its source's format has it. */
  debounceMs: Nullable(Type.Integer()),
  openPercent: Percent,
  closedPercent: Percent,
  motorCounts: Type.Boolean(),
  firstSeenAt: Instant,
  lastSeenAt: Instant,
  messages: Type.Integer(),
  refused: Type.Integer(),
  lastRefusal: Nullable(Type.String()),
  lastRefusedAt: Nullable(Instant),
  /** Openings that its counter shows and no message told of. */
  missed: Type.Integer(),
  restarts: Type.Integer(),
  ignoredAt: Nullable(Instant),
  last: Nullable(DeviceReport),
});
export type DeviceView = Static<typeof DeviceView>;

/** With its last messages, the newest first. */
export const DeviceCard = Type.Object({ ...DeviceView.properties, reports: Type.Array(DeviceReport) });
export type DeviceCard = Static<typeof DeviceCard>;

export const DevicePatch = Type.Partial(
  Type.Object({
    format: Nullable(Format),
    /** Whose code reads it, where its format is `codec`. */
    codecId: Nullable(Uuid),
    debounceMs: Nullable(Type.Integer({ minimum: 0, maximum: 10_000 })),
    /** Open from here on, closed down from there: closed lies below. */
    openPercent: Type.Integer({ minimum: 1, maximum: 100 }),
    closedPercent: Type.Integer({ minimum: 0, maximum: 99 }),
    motorCounts: Type.Boolean(),
    /** Of no interest: it is listed last and read no more. */
    ignored: Type.Boolean(),
  }),
  { minProperties: 1, ...exact },
);
export type DevicePatch = Static<typeof DevicePatch>;

/** Without a kind it is what the device has told of; without a format what it looks like. */
export const DevicePairing = Type.Object(
  { householdId: Uuid, kind: Type.Optional(SensorKind), format: Type.Optional(Format) },
  exact,
);
export type DevicePairing = Static<typeof DevicePairing>;

/** A home whose device is to sign in at our own broker. */
export const MakersPairing = Type.Object({ householdId: Uuid, kind: Type.Optional(SensorKind) }, exact);
