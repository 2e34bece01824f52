import { type RawBuilder, sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { localDateAt } from '#pact/time-zone.ts';
import type { Db, Tx } from '../database.ts';

/**
 * Which homes a date shows, of `household h` in `community c` with its day `d`, where it has one: those that
 * have a day, and those of the register that were in it by then. A canary is nobody's home.
 */
export const isShownOn = (date: RawBuilder<unknown>): RawBuilder<boolean> => sql<boolean>`(
  not h.is_canary and (d.household_id is not null
    or h.removed_at is null and (h.created_at at time zone c.time_zone)::date <= ${date}::date))`;

/** Whether a day row that is not there will not come any more: all of its date were opened, or it is past. */
export async function wereDaysOpened(
  db: Db | Tx,
  community: { id: string; timeZone: string },
  date: string,
  now: Temporal.Instant,
): Promise<boolean> {
  if (Temporal.PlainDate.compare(date, localDateAt(now, community.timeZone)) < 0) return true;
  const opening = await db
    .selectFrom('day_opening')
    .select('completed_at')
    .where('community_id', '=', community.id)
    .where('on_date', '=', date)
    .executeTakeFirst();
  return Boolean(opening?.completed_at);
}
