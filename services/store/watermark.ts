import { type Selectable, sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { type Mark, stampMark } from '#pact/mark.ts';
import type { Gap } from '#pact/verdict.ts';
import type { Clock } from '#platform/clock.ts';
import type { Db, Tables } from './database.ts';
import { toDate, toInstant } from './instant.ts';

/**
 * `sweep` is stamped by rules, `intake` by the broker; a hole in either means that evidence may be late. `escalation` only
 * says that it is at work, `restored` when this database was made of a backup, and never moves.
 */
export type WatermarkName = 'sweep' | 'intake' | 'escalation' | 'restored';

/** Without whom evidence may be late. */
const HEARING: readonly WatermarkName[] = ['sweep', 'intake'];

/**
 * Says "I was here" by `clock`, as {@link stampMark} has it: a stamp more than `gapMs` after the last one marks a gap.
 *
 * Whoever stands still after reading its clock comes with an old time, which must not look like a clock set back: it
 * stamps only the mark that it has seen before, and leaves one that somebody else has stamped meanwhile.
 */
export async function touchWatermark(
  db: Db,
  name: WatermarkName,
  clock: Pick<Clock, 'now'>,
  gapMs: number,
): Promise<void> {
  const at = toDate(clock.now());
  const inTime = await sql`
    update watermark set seen_at = ${at}
    where name = ${name} and ${at}::timestamptz - seen_at between interval '0' and ${gapMs} * interval '1 millisecond'`.execute(
    db,
  );
  if (inTime.numAffectedRows === 1n) return;
  const row = await db
    .selectFrom('watermark')
    .selectAll()
    // As text, which keeps what a Date would round.
    .select(sql<string>`seen_at::text`.as('seen'))
    .where('name', '=', name)
    .executeTakeFirst();
  const now = clock.now();
  const { seenAt, last, earlier } = row
    ? stampMark(toMark(row), now, gapMs)
    : { seenAt: now, last: undefined, earlier: [] };
  const stamp = {
    ...{ name, seen_at: toDate(seenAt), gap_from: last ? toDate(last.from) : null },
    ...{ resumed_at: last ? toDate(last.resumedAt) : null, earlier_gaps: JSON.stringify(earlier) },
  };
  await db
    .insertInto('watermark')
    .values(stamp)
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet(stamp)
        .where(sql<boolean>`watermark.seen_at = ${row?.seen ?? null}::timestamptz`),
    )
    .execute();
}

type MarkRow = Selectable<Tables['watermark']>;

function toMark({ seen_at, gap_from, resumed_at, earlier_gaps }: MarkRow): Mark {
  return {
    seenAt: toInstant(seen_at),
    last:
      gap_from && resumed_at ? { from: toInstant(gap_from), resumedAt: toInstant(resumed_at) } : undefined,
    earlier: earlier_gaps.map(({ from, resumedAt }) => ({
      from: Temporal.Instant.from(from),
      resumedAt: Temporal.Instant.from(resumedAt),
    })),
  };
}

/**
 * The gaps of each mark that may still count; one that has been silent longer than `gapMs`, or ends later than `now`, still goes on.
 * @param own the mark that the asker stamps too. Where another process, whose clock differs, was the last to do so, it counts
 * as the asker's own stamp would leave it: else a minute after an outage were over by one clock, or to come by the other
 */
export async function findGaps(
  db: Db,
  now: Temporal.Instant,
  gapMs: number,
  own?: WatermarkName,
): Promise<Gap[]> {
  const rows = await db.selectFrom('watermark').selectAll().where('name', 'in', HEARING).execute();
  return rows.flatMap((row): Gap[] => {
    const mark = toMark(row);
    const { seenAt, last, earlier } = row.name === own ? stampMark(mark, now, gapMs) : mark;
    const ended = (last ? [...earlier, last] : earlier).map(({ from, resumedAt }): Gap => {
      // By a clock that is ahead of ours it has ended at a time that has not come: nobody waits for that.
      const isToCome = Temporal.Instant.compare(resumedAt, now) > 0;
      return { from, resumedAt: isToCome ? undefined : resumedAt };
    });
    const silentMs = now.epochMilliseconds - seenAt.epochMilliseconds;
    return silentMs > gapMs ? [...ended, { from: seenAt, resumedAt: undefined }] : ended;
  });
}
