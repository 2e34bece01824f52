import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { dueOn } from '#pact/schedule.ts';
import type { Language } from '#pact/text/language.ts';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';

export type DueCommunity = {
  communityId: string;
  timeZone: string;
  language: Language;
  date: Temporal.PlainDate;
};

/** The communities in which something that comes every day is to be told now, and for which date. */
export async function findDueCommunities(
  db: Db,
  { kind, withinMinutes }: { kind: 'evening' | 'sensor_check'; withinMinutes: number },
  now: Temporal.Instant,
): Promise<DueCommunity[]> {
  const time = sql.ref(kind === 'evening' ? 'c.evening_at' : 'c.sensor_check_at');
  const { rows } = await sql<
    Omit<DueCommunity, 'date'> & { time: string; quietFrom: string; quietUntil: string; told: string | null }
  >`
    select c.id as "communityId", c.time_zone as "timeZone", c.language, ${time} as time, c.quiet_from as "quietFrom",
      c.quiet_until as "quietUntil", r.on_date as told
    from community c left join notice_run r on r.community_id = c.id and r.kind = ${kind}
      and r.on_date = (${toDate(now)}::timestamptz at time zone c.time_zone)::date
    order by c.id`.execute(db);
  return rows.flatMap(({ communityId, timeZone, language, quietFrom, quietUntil, told, time: at }) => {
    const quiet = { from: quietFrom, until: quietUntil };
    const date = dueOn({ time: at, timeZone, withinMinutes, quiet }, now, (day) => day === told);
    return date ? [{ communityId, timeZone, language, date }] : [];
  });
}
