import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { dailyStateOf } from '#pact/daily-word.ts';
import type { Channel } from '#pact/ladder.ts';
import type { LedgerColumn } from '#pact/pact-day.ts';
import { dueOn } from '#pact/schedule.ts';
import type { Language } from '#pact/text/language.ts';
import type { NoticeContent } from '#pact/text/notices.ts';
import { localDateAt } from '#pact/time-zone.ts';
import type { Db } from '../database.ts';
import { isOptedOut } from '../enrolment/opted-out.ts';
import { toDate } from '../instant.ts';
import { findChannels, usableChannels } from '../message/channels.ts';
import { type PlannedMessage, planMessages, URGENCY } from '../message/plan-message.ts';

type Row = {
  personId: string;
  phone: string;
  channels: Channel[];
  robotId: string | null;
  dailyAt: string;
  communityId: string;
  timeZone: string;
  language: Language;
  householdId: string;
  salutation: string;
  hasDay: boolean;
  closedAs: LedgerColumn | null;
  isPastDeadline: boolean;
  outcome: string | null;
  /** What the family was told of this day before. */
  told: string | null;
};

/** A daily word that could not be sent in time is still good until midnight. */
const ALL_DAY_MINUTES = 24 * 60;

/**
 * Tells each family at the time it chose how its elder's day is, once a day; and once more when a day that was
 * open then has closed by the elder's own sign. Of visits they hear when the outcome is recorded.
 * @returns how many messages were planned
 */
export async function tellDailyWords(db: Db, now: Temporal.Instant): Promise<number> {
  const due = (await findFamilies(db, now)).flatMap((row) => {
    const told = noticeOf(row, now);
    return told ? [{ row, told }] : [];
  });
  if (due.length === 0) return 0;
  return db.transaction().execute(async (tx) => {
    const available = await findChannels(tx);
    const messages = due.map(({ row, told }): PlannedMessage => {
      const { communityId, personId, phone, robotId, channels, language, householdId, timeZone } = row;
      return {
        communityId,
        kind: 'notice',
        personId,
        phone,
        robotId,
        language,
        channel: usableChannels(channels, available, robotId !== null)[0] ?? 'sms',
        content: { kind: 'notice', notice: told },
        urgency: URGENCY.daily,
        subject: `${told.kind}/${householdId}/${localDateAt(now, timeZone)}`,
      };
    });
    return planMessages(tx, messages, now);
  });
}

function noticeOf(row: Row, now: Temporal.Instant): NoticeContent | undefined {
  const { dailyAt: time, timeZone, salutation, closedAs, isPastDeadline } = row;
  if (row.told !== null) {
    const isWell = closedAs === 'kept' || closedAs === 'kept_late';
    return isWell ? { kind: 'daily_after', salutation } : undefined;
  }
  const date = dueOn({ time, timeZone, withinMinutes: ALL_DAY_MINUTES }, now, () => false);
  const day = row.hasDay ? { closedAs: closedAs ?? undefined, isPastDeadline } : undefined;
  return (
    date && { kind: 'daily', salutation, state: dailyStateOf({ day, outcome: row.outcome ?? undefined }) }
  );
}

/**
 * Families who asked, and have not heard today, or have heard that the day was open and nothing since. After the end of
 * a pact there is nothing more to be told.
 */
async function findFamilies(db: Db, now: Temporal.Instant): Promise<Row[]> {
  const at = toDate(now);
  const { rows } = await sql<Row>`
    select p.id as "personId", p.phone, p.channels, p.robot_id as "robotId", p.daily_at as "dailyAt",
      c.id as "communityId", c.time_zone as "timeZone", c.language, h.id as "householdId", h.salutation,
      d.household_id is not null as "hasDay", d.closed_as as "closedAs", coalesce(d.deadline_at <= ${at}, false) as "isPastDeadline",
      a.outcome, told.state as told
    from person p join assignment m on m.person_id = p.id and m.role = 'family'
    join household h on h.id = m.household_id and h.removed_at is null join community c on c.id = h.community_id
    cross join lateral (select (${at}::timestamptz at time zone c.time_zone)::date as on_date) today
    left join pact_day d on d.household_id = h.id and d.on_date = today.on_date
    left join alert a on a.id = d.alert_id
    left join lateral (
      select m.content -> 'notice' ->> 'state' as state from message m
      where m.kind = 'notice' and m.person_id = p.id and m.subject = 'daily/' || h.id || '/' || today.on_date limit 1
    ) told on true
    where p.kind = 'family' and p.removed_at is null and p.daily_at is not null
      and not exists (select from pact q where q.household_id = h.id and q.until_on < today.on_date)
      and not ${isOptedOut({ household: sql`m.household_id`, role: sql`m.role`, on: sql`today.on_date` })}
      and (told.state is null or told.state in ('open', 'waiting') and d.closed_as in ('kept', 'kept_late') and not exists (
        select from message n where n.kind = 'notice' and n.person_id = p.id
          and n.subject = 'daily_after/' || h.id || '/' || today.on_date))
    order by p.id, h.id`.execute(db);
  return rows;
}
