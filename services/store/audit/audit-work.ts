import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { judgeAt } from '#pact/verdict.ts';
import type { Db } from '../database.ts';
import { toDate, toInstant } from '../instant.ts';
import { findGaps } from '../watermark.ts';

/** The words are stable, for logs and monitors. */
export const AUDIT_FINDINGS = [
  'steps_overdue',
  'days_unopened',
  'days_overdue',
  'messages_overdue',
  'clock_behind',
  'deadlines_unwatched',
] as const;

/** What is not as it should be after a sweep. */
export type AuditProblem = {
  what: (typeof AUDIT_FINDINGS)[number];
  /** How many; for times the seconds. */
  count: number;
};

export type AuditAllowance = {
  /** Clock milliseconds that what is due may wait for its turn. */
  overdueMs: number;
  /** Clock milliseconds of silence after which the sweep of deadlines counts as gone. */
  gapMs: number;
};

/**
 * Looks whether everything that was due has been done: steps, deadlines, messages; and whether the clock agrees
 * with what the database has seen. Nothing found means that somebody may rely on us for the next moment.
 */
export async function auditWork(
  db: Db,
  now: Temporal.Instant,
  { overdueMs, gapMs }: AuditAllowance,
): Promise<AuditProblem[]> {
  const late = toDate(now.subtract({ milliseconds: Math.round(overdueMs) }));
  const { rows } = await sql<{
    steps: number;
    messages: number;
    oldestAwaiting: Date | null;
    newestMark: Date | null;
    sweptAt: Date | null;
    unopened: number;
  }>`
    select (select count(*) from alert where status <> 'closed' and greatest(next_step_at, opened_at) < ${late})::int as steps,
      (select count(*) from message where state in ('planned', 'sending') and next_attempt_at < ${late})::int as messages,
      (select min(deadline_at) from pact_day where verdict = 'awaiting') as "oldestAwaiting",
      (select max(seen_at) from watermark where name <> 'restored') as "newestMark",
      (select seen_at from watermark where name = 'sweep') as "sweptAt",
      (select count(*) from community c
       where not exists (select from day_opening o where o.community_id = c.id and o.completed_at is not null
           and o.on_date = (${toDate(now)}::timestamptz at time zone c.time_zone)::date)
         and exists (select from household h join pact p on p.household_id = h.id
           where h.community_id = c.id and h.removed_at is null and p.updated_at < ${late}))::int as unopened`.execute(
    db,
  );
  const found = rows[0]!;
  const problems: AuditProblem[] = [
    { what: 'steps_overdue', count: found.steps },
    { what: 'messages_overdue', count: found.messages },
    // A day that nobody opened has no deadline that anybody could miss.
    { what: 'days_unopened', count: found.unopened },
    { what: 'days_overdue', count: await countOverdueDays(db, now, found.oldestAwaiting, overdueMs, gapMs) },
    { what: 'clock_behind', count: secondsBeyond(now, found.newestMark, overdueMs) },
    { what: 'deadlines_unwatched', count: secondsSince(now, found.sweptAt, gapMs) },
  ];
  return problems.filter(({ count }) => count > 0);
}

/** Deadlines that should have been judged by now; after a downtime they wait for buffered events first. */
async function countOverdueDays(
  db: Db,
  now: Temporal.Instant,
  oldest: Date | null,
  overdueMs: number,
  gapMs: number,
): Promise<number> {
  // Most times the oldest still lies ahead, and what gaps there were need not be asked for.
  if (!oldest || oldest > toDate(now)) return 0;
  const judgedBy = judgeAt(toInstant(oldest), await findGaps(db, now, gapMs)).add({
    milliseconds: Math.round(overdueMs),
  });
  if (Temporal.Instant.compare(judgedBy, now) >= 0) return 0;
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pact_day where verdict = 'awaiting' and deadline_at <= ${oldest}`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}

/** A mark of the future: the clock was set back, or another process has another time. */
const secondsBeyond = (now: Temporal.Instant, mark: Date | null, allowedMs: number): number => {
  const aheadMs = mark ? mark.getTime() - now.epochMilliseconds : 0;
  return aheadMs > allowedMs ? Math.round(aheadMs / 1000) : 0;
};

const secondsSince = (now: Temporal.Instant, mark: Date | null, allowedMs: number): number => {
  const silentMs = mark ? now.epochMilliseconds - mark.getTime() : 0;
  return silentMs > allowedMs ? Math.round(silentMs / 1000) : 0;
};
