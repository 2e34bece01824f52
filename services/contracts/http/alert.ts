import Type, { type Static } from 'typebox';
import { OUTCOMES } from '#pact/alert.ts';
import { PageOf, PageQuery } from './paging.ts';
import { Uuid } from './scalars.ts';
import { AlertView, MessageView } from './today.ts';

const Note = Type.String({ minLength: 1, maxLength: 1000, pattern: '\\S' });

export const AlertQuery = Type.Object({
  ...PageQuery,
  community: Type.Optional(Uuid),
  household: Type.Optional(Uuid),
  status: Type.Optional(Type.Enum(['open', 'acknowledged', 'closed'])),
});
export const AlertPage = PageOf(AlertView);

/** Somebody who may go for an alert. */
export const AlertPerson = Type.Object({
  personId: Uuid,
  name: Type.String(),
  /** The first that the person has on the ladder; else what kind of person it is. */
  role: Type.String(),
  paged: Type.Boolean(),
  /** Has said that they cannot go, and was not paged since. */
  passed: Type.Boolean(),
  onTheWay: Type.Boolean(),
});
export type AlertPerson = Static<typeof AlertPerson>;

/** Whom the office speaks for: somebody on the alert's ladder or paged for it. */
export const OnBehalfOf = Type.Object({ personId: Type.Optional(Uuid) });

/** Who goes now; the office has spoken to them. */
export const ReassignRequest = Type.Object({ personId: Uuid });

export const OutcomeRequest = Type.Object({
  outcome: Type.Enum([...OUTCOMES]),
  note: Type.Optional(Note),
  /** Who stood at the door. That person is not told to stand down; unnamed, everybody is. */
  personId: Type.Optional(Uuid),
});
export type OutcomeRequest = Static<typeof OutcomeRequest>;

export const ReopenRequest = Type.Object({ note: Type.Optional(Note) });

export const NoteRequest = Type.Object({ note: Note });

export const MessageQuery = Type.Object({ ...PageQuery, community: Type.Optional(Uuid) });
export const MessagePage = PageOf(MessageView);

export const ReplyRequest = Type.Object({
  text: Type.String({ minLength: 1, maxLength: 1000, pattern: '\\S' }),
});
