import Type, { type Static } from 'typebox';
import { HOME_KINDS, TASK_KINDS, TASK_STATES } from '#pact/care.ts';
import { CONSENT_PURPOSES } from '#pact/enrolment.ts';
import { LANGUAGES } from '#pact/text/language.ts';
import { Instant, LocalDate, Nullable } from './scalars.ts';

const Text = Type.String();
const Maybe = Nullable(Text);
const Fields = Type.Record(Text, Type.Unknown());

/** Everything that is kept of a home and of who lives there, as the person may ask for it. */
export const PersonFile = Type.Object({
  madeAt: Instant,
  madeBy: Text,
  community: Text,
  timeZone: Text,
  home: Type.Object({
    code: Text,
    salutation: Text,
    grid: Text,
    building: Text,
    unit: Maybe,
    floor: Nullable(Type.Integer()),
    room: Text,
    kind: Type.Enum([...HOME_KINDS]),
    phone: Maybe,
    note: Maybe,
    keyNote: Maybe,
    entryConsent: Type.Boolean(),
    createdAt: Instant,
    removedAt: Nullable(Instant),
  }),
  residents: Type.Array(
    Type.Object({
      name: Text,
      birthYear: Nullable(Type.Integer()),
      phone: Maybe,
      livesAlone: Type.Boolean(),
      hearingWeak: Type.Boolean(),
      mobility: Maybe,
      doctor: Maybe,
      note: Maybe,
      removedAt: Nullable(Instant),
    }),
  ),
  /** The numbers of those whom the home has named; a steward's is their own. */
  contacts: Type.Array(Type.Object({ role: Text, name: Text, phone: Maybe })),
  pact: Nullable(
    Type.Object({
      deadline: Text,
      earliest: Text,
      weekdays: Type.Array(Type.Integer()),
      accepts: Type.Array(Text),
      fromOn: LocalDate,
      untilOn: Nullable(LocalDate),
    }),
  ),
  consents: Type.Array(
    Type.Object({
      purpose: Type.Enum([...CONSENT_PURPOSES]),
      signedOn: LocalDate,
      paper: Maybe,
      withdrawnOn: Nullable(LocalDate),
    }),
  ),
  notes: Type.Array(
    Type.Object({ writtenAt: Instant, writtenBy: Maybe, note: Text, struckAt: Nullable(Instant) }),
  ),
  leaves: Type.Array(
    Type.Object({
      fromOn: LocalDate,
      untilOn: LocalDate,
      reason: Maybe,
      cancelledAt: Nullable(Instant),
    }),
  ),
  sensors: Type.Array(
    Type.Object({
      id: Text,
      enrolledAt: Instant,
      retiredAt: Nullable(Instant),
      /** What the device is called in its gateway. */
      knownAs: Type.Array(Text),
    }),
  ),
  days: Type.Array(
    Type.Object({
      on: LocalDate,
      deadlineAt: Instant,
      verdict: Text,
      closedAs: Maybe,
      reason: Maybe,
      proofAt: Nullable(Instant),
      proofKind: Maybe,
    }),
  ),
  openings: Type.Array(Type.Object({ at: Instant, type: Text })),
  alerts: Type.Array(
    Type.Object({
      on: LocalDate,
      reason: Text,
      openedAt: Instant,
      closedAt: Nullable(Instant),
      outcome: Maybe,
      entries: Type.Array(
        Type.Object({ at: Instant, kind: Text, person: Maybe, role: Maybe, detail: Fields }),
      ),
    }),
  ),
  visits: Type.Array(Type.Object({ at: Instant, person: Maybe, outcome: Text, note: Maybe })),
  /** What was asked for of the home, and what whoever came or called has said of it. */
  care: Type.Array(
    Type.Object({
      on: LocalDate,
      kind: Type.Enum([...TASK_KINDS]),
      occasion: Maybe,
      occasionName: Maybe,
      service: Maybe,
      asked: Maybe,
      state: Type.Enum([...TASK_STATES]),
      at: Nullable(Instant),
      person: Maybe,
      said: Maybe,
    }),
  ),
  messages: Type.Array(
    Type.Object({ at: Instant, kind: Text, channel: Text, person: Maybe, text: Text, state: Text }),
  ),
  changes: Type.Array(
    Type.Object({
      at: Instant,
      who: Maybe,
      subject: Text,
      kind: Type.Enum(['insert', 'update', 'delete']),
      /** Whom it is about, where that is a person. */
      about: Maybe,
      before: Fields,
      after: Fields,
    }),
  ),
  /** Who looked at the file, exported it or changed it, by the audit log. */
  looks: Type.Array(Type.Object({ at: Instant, who: Maybe, action: Text })),
});
export type PersonFile = Static<typeof PersonFile>;

export const PersonFileQuery = Type.Object({ language: Type.Optional(Type.Enum([...LANGUAGES])) });
