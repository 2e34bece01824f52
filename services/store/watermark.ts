import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Gap } from '#pact/verdict.ts';
import type { Db } from './database.ts';
import { toDate, toInstant } from './instant.ts';

/** `sweep` is stamped by rules, `intake` by the broker; a hole in either means that evidence may be late. */
export type WatermarkName = 'sweep' | 'intake';

/**
 * Says "I was here at `now`". A stamp more than `gapMs` after the last one marks a gap: from the last stamp
 * until now we may have been deaf. A clock that was set back moves the mark back without making a gap, and
 * with it a gap that seemed to end later: else what falls due until then would wait for that end.
 */
export async function touchWatermark(
  db: Db,
  name: WatermarkName,
  now: Temporal.Instant,
  gapMs: number,
): Promise<void> {
  const at = toDate(now);
  await sql`
    insert into watermark as w (name, seen_at) values (${name}, ${at})
    on conflict (name) do update set
      seen_at = excluded.seen_at,
      gap_from = case when excluded.seen_at - w.seen_at > ${gapMs} * interval '1 millisecond' then w.seen_at else least(w.gap_from, excluded.seen_at) end,
      resumed_at = case when excluded.seen_at - w.seen_at > ${gapMs} * interval '1 millisecond' then excluded.seen_at else least(w.resumed_at, excluded.seen_at) end`.execute(
    db,
  );
}

/** The last gap of each mark; one that has been silent longer than `gapMs` still goes on. */
export async function findGaps(db: Db, now: Temporal.Instant, gapMs: number): Promise<Gap[]> {
  const rows = await db.selectFrom('watermark').selectAll().execute();
  return rows.flatMap((row): Gap[] => {
    const silentMs = now.epochMilliseconds - row.seen_at.getTime();
    if (silentMs > gapMs) return [{ from: toInstant(row.seen_at), resumedAt: undefined }];
    if (!row.gap_from || !row.resumed_at) return [];
    return [{ from: toInstant(row.gap_from), resumedAt: toInstant(row.resumed_at) }];
  });
}
