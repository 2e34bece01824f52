import Type, { type Static } from 'typebox';
import { BROKER_URL_PATTERN } from '../../bridge/broker-url.ts';
import { SOURCE_FORMAT_NAMES, SOURCE_KINDS } from '../../bridge/formats.ts';
import { Mapping } from '../../bridge/mapping.ts';
import { Instant, Nullable, Uuid } from '../scalars.ts';
import { GatewayName } from './sensor.ts';

const Format = Type.Enum(SOURCE_FORMAT_NAMES);
const exact = { additionalProperties: false };
const Secret = Type.String({ minLength: 1, maxLength: 500 });
/** A topic filter of MQTT; `#` alone would bring the whole of somebody's broker. */
const Topic = Type.String({ minLength: 1, maxLength: 200, pattern: '^(?!#$)[^\\u0000]+$' });

const settings = {
  /** Its sensors have it as their gateway, so that they are told as one outage. */
  name: GatewayName,
  url: Type.String({ maxLength: 300, pattern: BROKER_URL_PATTERN }),
  username: Nullable(Type.String({ minLength: 1, maxLength: 200 })),
  /** The broker's password, or what a push is signed with: written, and never read out again. */
  secret: Nullable(Secret),
  /** The filters that are subscribed to; empty for those that its format has by itself. */
  topics: Type.Array(Topic, { maxItems: 20 }),
  /** A certificate to be trusted besides the usual authorities, in PEM. */
  ca: Nullable(Type.String({ maxLength: 20_000, pattern: '^-----BEGIN CERTIFICATE-----' })),
  /** How the JSON of a `json_hook` is to be read. */
  mapping: Nullable(Mapping),
  /** Whether it is told how the community's homes stand, for Home Assistant. */
  announces: Type.Boolean(),
};

const { name, ...optional } = settings;
export const SourceDraft = Type.Object(
  { communityId: Uuid, name, format: Format, ...Type.Partial(Type.Object(optional)).properties },
  exact,
);
export type SourceDraft = Static<typeof SourceDraft>;

/** Its format stays: another one is another source. */
export const SourcePatch = Type.Partial(Type.Object({ ...settings, enabled: Type.Boolean() }), {
  minProperties: 1,
  ...exact,
});
export type SourcePatch = Static<typeof SourcePatch>;

export const SourceView = Type.Object({
  id: Uuid,
  communityId: Uuid,
  name: Type.String(),
  kind: Type.Enum(SOURCE_KINDS),
  format: Format,
  url: Nullable(Type.String()),
  username: Nullable(Type.String()),
  hasSecret: Type.Boolean(),
  topics: Type.Array(Type.String()),
  hasCa: Type.Boolean(),
  mapping: Nullable(Mapping),
  announces: Type.Boolean(),
  enabled: Type.Boolean(),
  /** Whether its password goes through foreign networks as it is. */
  isInTheOpen: Type.Boolean(),
  /** Where it pushes to; null for what does not push. */
  pushUrl: Nullable(Type.String()),
  createdAt: Instant,
  /** How the bridge last found it, since when, and why where something is wrong. */
  state: Type.Enum(['waiting', 'connected', 'away', 'refused']),
  stateAt: Nullable(Instant),
  problem: Nullable(Type.String()),
  lastMessageAt: Nullable(Instant),
  refused: Type.Integer(),
  lastRefusal: Nullable(Type.String()),
  /** Another format, where that is what its messages look like. */
  looksLike: Nullable(Format),
  /** Its devices that are paired with a home, and that nobody has paired or ignored. */
  paired: Type.Integer(),
  unknown: Type.Integer(),
});
export type SourceView = Static<typeof SourceView>;

/** With the only sight of a secret that we made. */
export const SourceWithSecret = Type.Object({
  ...SourceView.properties,
  secret: Nullable(Type.String()),
});
export type SourceWithSecret = Static<typeof SourceWithSecret>;
