import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db } from '../database.ts';
import { toDate, toInstantOrUndefined } from '../instant.ts';
import { isUntried } from '../message/take-due-messages.ts';

export type NextDue = {
  /** Of an alert. */
  step: Temporal.Instant | undefined;
  /** A message's next attempt, or the next question for its receipt. */
  message: Temporal.Instant | undefined;
  /** When somebody who took a message and never said what became of it loses it. */
  leaseEnd: Temporal.Instant | undefined;
};

/** When the next of each falls due, past or future; now at the latest for a message that nobody has tried. */
export async function findNextDue(db: Db, now: Temporal.Instant): Promise<NextDue> {
  // Each state by itself: no index covers several, and messages are kept for months.
  const { rows } = await sql<Record<keyof NextDue, Date | null>>`
    select (select min(next_step_at) from alert where status <> 'closed') as step,
      least((select min(next_attempt_at) from message where state = 'planned'),
        (select ${toDate(now)}::timestamptz where exists (select from message m where ${isUntried})),
        (select min(next_attempt_at) from message where state = 'accepted' and next_attempt_at is not null)) as message,
      (select min(next_attempt_at) from message where state = 'sending') as "leaseEnd"`.execute(db);
  const { step, message, leaseEnd } = rows[0]!;
  return {
    step: toInstantOrUndefined(step),
    message: toInstantOrUndefined(message),
    leaseEnd: toInstantOrUndefined(leaseEnd),
  };
}
