import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { judgeAt } from '#pact/verdict.ts';
import type { Db } from '../database.ts';
import { toDate, toInstant } from '../instant.ts';
import { findGaps } from '../watermark.ts';

/** What is not as it should be after a sweep; the words are stable, for logs and monitors. */
export type AuditProblem = {
  what: 'steps_overdue' | 'days_overdue' | 'messages_overdue' | 'clock_behind' | 'deadlines_unwatched';
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
  }>`
    select (select count(*) from alert where status <> 'closed' and next_step_at < ${late})::int as steps,
      (select count(*) from message where state in ('planned', 'sending') and next_attempt_at < ${late})::int as messages,
      (select min(deadline_at) from pact_day where verdict = 'awaiting') as "oldestAwaiting",
      (select max(seen_at) from watermark) as "newestMark",
      (select seen_at from watermark where name = 'sweep') as "sweptAt"`.execute(db);
  const found = rows[0]!;
  const problems: AuditProblem[] = [
    { what: 'steps_overdue', count: found.steps },
    { what: 'messages_overdue', count: found.messages },
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
  if (!oldest) return 0;
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
