import Type, { type Static } from 'typebox';
import { OUTCOMES } from '#pact/alert.ts';
import { MOST_DECALS_CHOSEN } from '#pact/text/decal.ts';
import { Instant, LocalDate, Nullable, Uuid } from './scalars.ts';

/** What a steward does at the page that their link opens. */
export const DOOR_ACTIONS = ['acknowledge', 'arrive', 'pass', 'emergency', 'sensor', ...OUTCOMES] as const;
export type DoorAction = (typeof DOOR_ACTIONS)[number];

/** One home as whoever is sent there needs it; once the alert is closed nothing of the home is told any more. */
export const DoorAlert = Type.Object({
  alertId: Uuid,
  code: Type.String(),
  status: Type.Enum(['open', 'acknowledged', 'closed']),
  reason: Type.String(),
  deadlineAt: Instant,
  /** Whether the person of this link is on the way, or stands at the door. */
  mine: Type.Enum(['no', 'going', 'arrived']),
  /** Who else is on the way. */
  going: Nullable(Type.String()),
  /** Until when an outcome is waited for. */
  untilAt: Nullable(Instant),
  emergency: Type.Boolean(),
  outcome: Nullable(Type.String()),
  home: Nullable(
    Type.Object({
      salutation: Type.String(),
      building: Type.String(),
      unit: Nullable(Type.String()),
      room: Type.String(),
      phone: Nullable(Type.String()),
      /** How to get in, only while there is an emergency. */
      keyNote: Nullable(Type.String()),
      entryConsent: Type.Boolean(),
    }),
  ),
});
export type DoorAlert = Static<typeof DoorAlert>;

export const DoorView = Type.Object({
  person: Type.String(),
  timeZone: Type.String(),
  language: Type.Enum(['zh-CN', 'en']),
  emergencyNumber: Type.String(),
  officePhone: Nullable(Type.String()),
  now: Instant,
  expiresAt: Instant,
  alerts: Type.Array(DoorAlert),
});
export type DoorView = Static<typeof DoorView>;

export const DoorPress = Type.Object(
  {
    /** Made when it was pressed: the same key twice is one press. */
    key: Uuid,
    alertId: Uuid,
    action: Type.Enum([...DOOR_ACTIONS]),
    note: Type.Optional(Type.String({ maxLength: 200 })),
    /** With `away`: the last day away, so that the days until then are excused. */
    awayUntil: Type.Optional(LocalDate),
    /** By the phone's clock; it may be sent long after. */
    pressedAt: Type.Optional(Instant),
  },
  { additionalProperties: false },
);
export type DoorPress = Static<typeof DoorPress>;

/** What came of a press: done, or why not. */
export const DOOR_ANSWERS = [
  'done',
  'closed',
  'already_acknowledged',
  'already_emergency',
  /** The outcome was taken; the days away were not. */
  'days_refused',
] as const;
export const DoorAnswer = Type.Object({ answer: Type.Enum([...DOOR_ANSWERS]), view: DoorView });
export type DoorAnswer = Static<typeof DoorAnswer>;

const Token = Type.String({ pattern: '^[A-Za-z0-9_-]{10,64}$' });

/** A decal was scanned by a phone that knows these links. */
export const DecalScan = Type.Object(
  { decal: Token, links: Type.Optional(Type.Array(Token, { maxItems: 20 })) },
  { additionalProperties: false },
);

/** With a link for this home's open alert: arrival was recorded. Everybody else learns nothing of the home. */
export const DecalAnswer = Type.Object({
  arrived: Nullable(Type.Object({ link: Type.String(), alertId: Uuid })),
  community: Nullable(Type.String()),
  officePhone: Nullable(Type.String()),
  emergencyNumber: Type.String(),
});
export type DecalAnswer = Static<typeof DecalAnswer>;

/** A steward without a link asks for one; the answer is the same for everybody. */
export const DecalLinkRequest = Type.Object(
  { decal: Token, phone: Type.String({ minLength: 3, maxLength: 30 }) },
  { additionalProperties: false },
);

/** `households`: their ids, with commas between; all of the community where it is left out. */
export const DecalSheetQuery = Type.Object({
  community: Type.Optional(Uuid),
  households: Type.Optional(
    Type.String({ pattern: '^[0-9a-f-]{36}(,[0-9a-f-]{36})*$', maxLength: 37 * MOST_DECALS_CHOSEN }),
  ),
});

export const DecalView = Type.Object({ householdId: Uuid, code: Type.String(), url: Type.String() });
export type DecalView = Static<typeof DecalView>;

export const LinkView = Type.Object({ link: Type.String(), expiresAt: Instant });
