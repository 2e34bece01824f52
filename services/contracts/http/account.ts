import Type, { type Static } from 'typebox';
import { ROLES, SEATS } from '#pact/role.ts';
import { ClockTime, Instant, Nullable, Uuid } from './scalars.ts';

const Role = Type.Enum([...ROLES]);
const Username = Type.String({ minLength: 2, maxLength: 64, pattern: '^[^\\s\\p{C}]+$' });
/** NIST SP 800-63B: length is what counts; no rules about kinds of characters. */
const NewPassword = Type.String({ minLength: 10, maxLength: 200 });

export const SetupRequest = Type.Object({
  /** From the one-time link: the one printed at start, or an invite. */
  token: Type.String({ minLength: 20, maxLength: 100 }),
  username: Username,
  name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
  password: NewPassword,
});
export type SetupRequest = Static<typeof SetupRequest>;

export const SetupState = Type.Object({
  /** Whether nobody has an account yet, so that the board asks for the printed link. */
  needed: Type.Boolean(),
});

export const SignInRequest = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 64 }),
  password: Type.String({ minLength: 1, maxLength: 200 }),
});
export type SignInRequest = Static<typeof SignInRequest>;

export const SessionView = Type.Object({
  kind: Type.Enum(['account', 'token']),
  id: Uuid,
  name: Type.String(),
  role: Type.Enum([...SEATS]),
  /** The only community that is seen; null where there are several, or all. */
  communityId: Nullable(Uuid),
  /** Which steward of the register it is, where it is one. */
  personId: Nullable(Uuid),
  now: Instant,
});
export type SessionView = Static<typeof SessionView>;

export const InviteRequest = Type.Object({
  role: Type.Optional(Role),
  /** The only communities that the account will see; unset or null for all, or for the inviter's own. */
  communityIds: Type.Optional(Nullable(Type.Array(Uuid, { minItems: 1, maxItems: 1000, uniqueItems: true }))),
  /** Which steward of the register it is, for the role `steward` and no other. */
  personId: Type.Optional(Uuid),
});
export type InviteRequest = Static<typeof InviteRequest>;

export const InviteView = Type.Object({
  /** Works once. Without a public address it begins at the board's own, whichever that is. */
  link: Type.String(),
  role: Role,
  communityIds: Nullable(Type.Array(Uuid)),
  expiresAt: Instant,
});
export type InviteView = Static<typeof InviteView>;

export const AccountView = Type.Object({
  id: Uuid,
  username: Type.String(),
  name: Type.String(),
  role: Role,
  /** The names of the only communities that it sees; none where it sees them all. */
  communities: Type.Array(Type.String()),
  /** Whom of the register a steward's account is of. */
  person: Nullable(Type.String()),
  createdAt: Instant,
  /** Since when it is switched off. */
  disabledAt: Nullable(Instant),
});
export type AccountView = Static<typeof AccountView>;

export const AccountPatch = Type.Object({ disabled: Type.Boolean() });

export const CommunityView = Type.Object({
  id: Uuid,
  name: Type.String(),
  /** Where the community belongs, as far as the register says: both, or neither. */
  street: Nullable(Type.String()),
  district: Nullable(Type.String()),
  timeZone: Type.String(),
  language: Type.Enum(['zh-CN', 'en']),
  emergencyNumber: Type.String(),
  officePhone: Nullable(Type.String()),
  eveningAt: ClockTime,
  sensorCheckAt: ClockTime,
  quietFrom: ClockTime,
  quietUntil: ClockTime,
  stormPercent: Type.Integer(),
});
export type CommunityView = Static<typeof CommunityView>;
