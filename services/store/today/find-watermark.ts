import type { Temporal } from 'temporal-polyfill';
import type { Db } from '../database.ts';
import type { WatermarkName } from '../watermark.ts';

/** How long ago, by the clock, a part last said that it was there. */
export async function findWatermark(
  db: Db,
  name: WatermarkName,
  now: Temporal.Instant,
): Promise<{ ageMs: number } | undefined> {
  const mark = await db.selectFrom('watermark').select('seen_at').where('name', '=', name).executeTakeFirst();
  return mark && { ageMs: now.epochMilliseconds - mark.seen_at.getTime() };
}
