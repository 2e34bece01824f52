import Type, { type Static } from 'typebox';
import { TICKET_KINDS } from '#pact/sensor-health.ts';
import { Instant, LocalDate, Nullable, Uuid } from '../scalars.ts';

export const TicketKind = Type.Enum([...TICKET_KINDS]);

export const TicketPatch = Type.Partial(
  Type.Object({
    ownerId: Nullable(Uuid),
    dueOn: LocalDate,
    note: Nullable(Type.String({ maxLength: 200 })),
    /** The work is done; a closed ticket stays closed. */
    closed: Type.Literal(true),
    /** What was done, with `closed`. */
    done: Type.String({ minLength: 1, maxLength: 200 }),
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
  kind: TicketKind,
  openedAt: Instant,
  dueOn: LocalDate,
  ownerId: Nullable(Uuid),
  /** Null too for who may know no names. */
  owner: Nullable(Type.String()),
  closedAt: Nullable(Instant),
  note: Nullable(Type.String()),
  /** What was done about it, where somebody closed it. */
  done: Nullable(Type.String()),
});
export type TicketView = Static<typeof TicketView>;
