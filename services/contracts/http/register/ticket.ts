import Type, { type Static } from 'typebox';
import { Instant, LocalDate, Nullable, Uuid } from '../scalars.ts';

export const TicketPatch = Type.Partial(
  Type.Object({
    ownerId: Nullable(Uuid),
    dueOn: LocalDate,
    note: Nullable(Type.String({ maxLength: 200 })),
    /** The work is done; a closed ticket stays closed. */
    closed: Type.Literal(true),
  }),
  { minProperties: 1, additionalProperties: false },
);
export type TicketPatch = Static<typeof TicketPatch>;

export const TicketView = Type.Object({
  id: Uuid,
  communityId: Nullable(Uuid),
  householdId: Nullable(Uuid),
  code: Nullable(Type.String()),
  sensorId: Nullable(Type.String()),
  kind: Type.Enum(['silent', 'battery_low', 'tamper', 'clock_wrong', 'visit_asked']),
  openedAt: Instant,
  dueOn: LocalDate,
  ownerId: Nullable(Uuid),
  owner: Nullable(Type.String()),
  closedAt: Nullable(Instant),
  note: Nullable(Type.String()),
});
export type TicketView = Static<typeof TicketView>;
