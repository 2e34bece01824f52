import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { SETTLE_MS } from '#pact/verdict.ts';
import type { Db } from '../database.ts';
import { toDate, toInstantOrUndefined } from '../instant.ts';

/** What there is to do for a sweep. */
export type SweepWork = {
  hasStaleDays: boolean;
  hasSignals: boolean;
  /** Whether a deadline has passed that is not judged. */
  hasDueDays: boolean;
  isCommissioning: boolean;
  /** The next deadline of a day that awaits its signal, as far as it may not be judged yet. */
  nextDeadlineAt: Temporal.Instant | undefined;
};

/** Asked in one statement, because most sweeps of a day find nothing; each answer comes from an index of what is open. */
export async function findSweepWork(db: Db, now: Temporal.Instant): Promise<SweepWork> {
  const at = toDate(now);
  const settled = toDate(now.subtract({ milliseconds: SETTLE_MS }));
  const { rows } = await sql<Omit<SweepWork, 'nextDeadlineAt'> & { nextDeadlineAt: Date | null }>`
    select exists (select from stale_day) as "hasStaleDays",
      (select id from event where not judged order by id limit 1) is not null as "hasSignals",
      coalesce((select min(deadline_at) from pact_day where verdict = 'awaiting') < ${at}, false) as "hasDueDays",
      exists (select from commissioning where ended_at is null) as "isCommissioning",
      (select min(deadline_at) from pact_day where verdict = 'awaiting' and deadline_at >= ${settled}) as "nextDeadlineAt"`.execute(
    db,
  );
  const { nextDeadlineAt, ...work } = rows[0]!;
  return { ...work, nextDeadlineAt: toInstantOrUndefined(nextDeadlineAt) };
}
