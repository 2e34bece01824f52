import Type, { type Static } from 'typebox';
import { Instant, LocalDate, Nullable, Uuid } from './scalars.ts';

const Days = Type.Integer();

/** What is kept for how long, and what the last nights have removed. */
export const RetentionView = Type.Object({
  keepDays: Type.Object({
    afterEnd: Days,
    events: Days,
    messages: Days,
    changes: Days,
    audit: Days,
    sessions: Days,
  }),
  runs: Type.Array(
    Type.Object({
      on: LocalDate,
      /** Null while it is under way. */
      completedAt: Nullable(Instant),
      removed: Type.Record(Type.String(), Type.Integer()),
    }),
  ),
  /** Homes that took their consent back so long ago, and are in the register still. */
  overdue: Type.Array(
    Type.Object({ householdId: Uuid, code: Type.String(), salutation: Type.String(), endedOn: LocalDate }),
  ),
});
export type RetentionView = Static<typeof RetentionView>;
