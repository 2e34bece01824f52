import Type, { type Static } from 'typebox';
import { AUDIT_KINDS } from '#pact/audit-kind.ts';
import { Instant, LocalDate, Nullable, Uuid } from './scalars.ts';

export const AuditQuery = Type.Object({
  community: Type.Optional(Uuid),
  kind: Type.Optional(Type.Enum([...AUDIT_KINDS])),
  /** Of one home. */
  household: Type.Optional(Uuid),
  /** By one account, program or person. */
  actor: Type.Optional(Uuid),
  /** Days in the community's time zone, both included. */
  from: Type.Optional(LocalDate),
  until: Type.Optional(LocalDate),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  /** The `next` of the page before. */
  before: Type.Optional(Type.Integer({ minimum: 1 })),
});

/** Who did what, when, about whom. */
export const AuditLine = Type.Object({
  id: Type.Integer(),
  at: Instant,
  /** account, token, steward_link, leave_link, cli, nobody … */
  actorKind: Type.String(),
  actorId: Nullable(Type.String()),
  /** What they are called now; null where nobody was known. */
  actor: Nullable(Type.String()),
  /** Such as `household.read`. */
  action: Type.String(),
  subjectKind: Type.String(),
  /** The name of the person, sensor or thing, where it is no home. */
  subject: Nullable(Type.String()),
  householdId: Nullable(Uuid),
  code: Nullable(Type.String()),
  salutation: Nullable(Type.String()),
});
export type AuditLine = Static<typeof AuditLine>;

export const AuditPage = Type.Object({
  items: Type.Array(AuditLine),
  next: Nullable(Type.Integer()),
});
export type AuditPage = Static<typeof AuditPage>;
