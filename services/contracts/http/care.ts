import Type, { type Static } from 'typebox';
import { CONTACT_WAYS, PLAN_KINDS, TASK_KINDS, TASK_STATES } from '#pact/care.ts';
import { Instant, LocalDate, Nullable, Uuid } from './scalars.ts';

const Weekdays = Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
  minItems: 1,
  maxItems: 7,
  uniqueItems: true,
});
const Note = Type.String({ maxLength: 200 });
const OccasionCode = Type.String({ pattern: '^[a-z0-9_-]{1,40}$' });

/** A home is visited or called by rule: `weekdays` as ISO 8601 counts them. */
export const CarePlanDraft = Type.Object(
  { kind: Type.Enum([...PLAN_KINDS]), weekdays: Weekdays, fromOn: Type.Optional(LocalDate) },
  { additionalProperties: false },
);
export type CarePlanDraft = Static<typeof CarePlanDraft>;

export const CarePlanPatch = Type.Object({ weekdays: Weekdays }, { additionalProperties: false });

export const CarePlanView = Type.Object({
  id: Uuid,
  householdId: Uuid,
  communityId: Uuid,
  code: Type.String(),
  salutation: Type.String(),
  kind: Type.Enum([...PLAN_KINDS]),
  weekdays: Type.Array(Type.Integer()),
  fromOn: LocalDate,
  endedAt: Nullable(Instant),
});
export type CarePlanView = Static<typeof CarePlanView>;

/** An occasion on which a home must be visited; the five have no name of their own. */
export const OccasionView = Type.Object({
  code: OccasionCode,
  name: Nullable(Type.String()),
  withinDays: Type.Integer(),
  inUse: Type.Boolean(),
});
export type OccasionView = Static<typeof OccasionView>;

export const OccasionDraft = Type.Object(
  {
    name: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 12 }))),
    withinDays: Type.Integer({ minimum: 0, maximum: 60 }),
    inUse: Type.Boolean(),
  },
  { additionalProperties: false },
);
export const OccasionParams = Type.Object({ id: Uuid, code: OccasionCode });

/** A must-visit on an occasion, or a service that was asked for; `dueOn` is by when. */
export const CareAsk = Type.Object(
  {
    /** Made where it is asked for: the same key twice is one. */
    id: Uuid,
    householdId: Uuid,
    kind: Type.Enum(['must_visit', 'service']),
    occasion: Type.Optional(OccasionCode),
    /** One of the services that have a name, or free words. */
    service: Type.Optional(Type.String({ minLength: 1, maxLength: 30 })),
    note: Type.Optional(Note),
    dueOn: Type.Optional(LocalDate),
    ownerId: Type.Optional(Nullable(Uuid)),
  },
  { additionalProperties: false },
);
export type CareAsk = Static<typeof CareAsk>;

/** A tick with a line of words; `pressedAt` by the phone's clock, where it had to wait. */
export const CareDone = Type.Object(
  {
    key: Uuid,
    way: Type.Optional(Type.Enum([...CONTACT_WAYS])),
    note: Type.Optional(Note),
    pressedAt: Type.Optional(Instant),
  },
  { additionalProperties: false },
);
export type CareDone = Static<typeof CareDone>;

/** One thing to do for a home; `look_in` is asked for by a sensor that failed. */
export const CareItem = Type.Object({
  id: Uuid,
  kind: Type.Enum([...TASK_KINDS, 'look_in']),
  householdId: Uuid,
  code: Type.String(),
  salutation: Type.String(),
  building: Type.String(),
  unit: Nullable(Type.String()),
  floor: Nullable(Type.Integer()),
  room: Type.String(),
  phone: Nullable(Type.String()),
  ownerId: Nullable(Uuid),
  owner: Nullable(Type.String()),
  occasion: Nullable(Type.String()),
  /** The community's own word for its occasion. */
  occasionName: Nullable(Type.String()),
  service: Nullable(Type.String()),
  note: Nullable(Type.String()),
  dueOn: LocalDate,
  /** Since when it is missed or late. */
  missedSince: Nullable(LocalDate),
  state: Type.Enum([...TASK_STATES]),
  reason: Nullable(Type.String()),
  /** The last day away, where the home is away. */
  awayUntil: Nullable(LocalDate),
  /** An alert of the home is open: it has its own page and wants its own outcome. */
  alertOpen: Type.Boolean(),
  doneAt: Nullable(Instant),
  /** A contact of the list, or what counted for it: an alert's visit, a sighting, a key in a call. */
  doneBy: Nullable(Type.Enum(['contact', 'alert', 'seen', 'called'])),
  donePerson: Nullable(Type.String()),
  doneNote: Nullable(Type.String()),
  contactId: Nullable(Uuid),
});
export type CareItem = Static<typeof CareItem>;

/** A day of a community, in the order in which people walk. */
export const CareDayView = Type.Object({
  date: LocalDate,
  today: LocalDate,
  timeZone: Type.String(),
  items: Type.Array(CareItem),
});
export type CareDayView = Static<typeof CareDayView>;

/** One day of a home, as the chart of a drift shows it. */
export const DriftDay = Type.Object({
  on: LocalDate,
  /** The first opening, in minutes after midnight. */
  minute: Nullable(Type.Integer()),
  contacts: Type.Integer(),
});
export const DriftView = Type.Object({
  taskId: Uuid,
  kind: Type.Enum(['later', 'fewer']),
  raisedOn: LocalDate,
  state: Type.Enum([...TASK_STATES]),
  days: Type.Array(DriftDay),
  /** Of `later`: where the line begins and ends, in minutes after midnight. Of `fewer`: contacts in each half. */
  from: Type.Number(),
  to: Type.Number(),
});
export type DriftView = Static<typeof DriftView>;

/** Care of one home: its plans, its last tasks, and the newest drift. */
export const HomeCareView = Type.Object({
  today: LocalDate,
  plans: Type.Array(CarePlanView),
  items: Type.Array(CareItem),
  drift: Nullable(DriftView),
});
export type HomeCareView = Static<typeof HomeCareView>;

export const CareLinkRequest = Type.Object(
  { personId: Uuid, send: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
);

/** What the link of a steward's list opens. */
export const CareDoorView = Type.Object({
  person: Type.String(),
  timeZone: Type.String(),
  officePhone: Nullable(Type.String()),
  date: LocalDate,
  now: Instant,
  expiresAt: Instant,
  items: Type.Array(CareItem),
});
export type CareDoorView = Static<typeof CareDoorView>;

export const CarePress = Type.Union([
  Type.Object(
    { action: Type.Literal('done'), taskId: Uuid, ...CareDone.properties },
    { additionalProperties: false },
  ),
  Type.Object({ action: Type.Literal('undo'), key: Uuid, contactId: Uuid }, { additionalProperties: false }),
]);
export type CarePress = Static<typeof CarePress>;

/** What came of a press: done, or the task was settled otherwise meanwhile. */
export const CareAnswer = Type.Object({ answer: Type.Enum(['done', 'closed']), view: CareDoorView });
export type CareAnswer = Static<typeof CareAnswer>;
