import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { isAllClearDue } from '#pact/schedule.ts';
import type { MessageContent } from '#pact/text/content.ts';
import type { DayCounts } from '#pact/text/notices.ts';
import type { Db, Tx } from '../database.ts';
import { toDate, toInstant, toInstantOrUndefined } from '../instant.ts';
import { URGENCY } from '../message/plan-message.ts';
import { findUnseen } from './find-unseen.ts';
import { tellOnce } from './run-once.ts';
import { tellOffice } from './tell-office.ts';

type Row = {
  communityId: string;
  timeZone: string;
  date: string;
  lastDeadlineAt: Date;
  unjudged: number;
  wasTold: boolean;
  /** Whether the message of that day spoke of homes that were open, and nothing has been said since. */
  isAwaitingClosure: boolean;
  stillOpen: number;
};

/**
 * Tells each community's office how its day closed, five minutes after the last deadline; and once more when
 * the last home that was open then is closed.
 * @returns how many messages were planned
 */
export async function tellAllClear(db: Db, now: Temporal.Instant): Promise<number> {
  const days = await findDays(db, now);
  if (days.length === 0) return 0;
  const mark = await db
    .selectFrom('watermark')
    .select('resumed_at')
    .where('name', '=', 'sweep')
    .executeTakeFirst();
  const resumedAt = toInstantOrUndefined(mark?.resumed_at ?? null);
  let planned = 0;
  for (const row of days) {
    const { communityId, timeZone, unjudged, wasTold } = row;
    const date = Temporal.PlainDate.from(row.date);
    const lastDeadlineAt = toInstant(row.lastDeadlineAt);
    if (isAllClearDue({ date, timeZone, lastDeadlineAt, wasTold, unjudged, resumedAt }, now)) {
      planned += await tellDay(db, communityId, row.date, now);
    } else if (row.isAwaitingClosure && row.stillOpen === 0) {
      const kind = 'all_closed';
      planned += await tellOnce(db, { communityId, kind, date: row.date }, now, async (tx) =>
        tell(tx, communityId, row.date, { kind, counts: await countDay(tx, communityId, row.date) }, now),
      );
    }
  }
  return planned;
}

/** The days of today and yesterday, in each community's calendar. */
async function findDays(db: Db, now: Temporal.Instant): Promise<Row[]> {
  const at = toDate(now);
  const { rows } = await sql<Row>`
    select c.id as "communityId", c.time_zone as "timeZone", day.on_date as date, d.last as "lastDeadlineAt",
      d.unjudged, told.kind is not null as "wasTold", d.open as "stillOpen",
      coalesce((told.detail ->> 'open')::int > 0 and closed.kind is null, false) as "isAwaitingClosure"
    from community c
    cross join lateral (select (${at}::timestamptz at time zone c.time_zone)::date - back as on_date from generate_series(0, 1) back) day
    left join notice_run told on told.community_id = c.id and told.kind = 'all_clear' and told.on_date = day.on_date
    left join notice_run closed on closed.community_id = c.id and closed.kind = 'all_closed' and closed.on_date = day.on_date
    cross join lateral (
      select coalesce(max(p.deadline_at) filter (where p.verdict <> 'excused'), max(p.deadline_at)) as last,
        (count(*) filter (where p.verdict = 'awaiting' and p.deadline_at <= ${at}))::int as unjudged,
        (count(*) filter (where p.closed_as = 'unresolved' or p.closed_as is null))::int as open
      from pact_day p
      where p.community_id = c.id and p.on_date = day.on_date
        and p.household_id is distinct from (select id from household where community_id = c.id and is_canary)
        -- A day of which everything is told is not counted any more, however many homes it has.
        and (told.kind is null or (closed.kind is null and (told.detail ->> 'open')::int > 0))
    ) d
    where d.last <= ${at} order by day.on_date, c.id`.execute(db);
  return rows;
}

async function tellDay(db: Db, communityId: string, date: string, now: Temporal.Instant): Promise<number> {
  const open = await findUnseen(db, communityId, date, now);
  const detail = { open: open.length };
  return tellOnce(db, { communityId, kind: 'all_clear', date, detail }, now, async (tx) => {
    const counts = await countDay(tx, communityId, date);
    const notice =
      open.length > 0 ? { kind: 'all_open' as const, counts, open } : { kind: 'all_clear' as const, counts };
    return tell(tx, communityId, date, notice, now);
  });
}

const tell = (
  tx: Tx,
  communityId: string,
  date: string,
  notice: Extract<MessageContent, { kind: 'notice' }>['notice'],
  now: Temporal.Instant,
) => {
  const subject = `${notice.kind}/${communityId}/${date}`;
  const content: MessageContent = { kind: 'notice', notice };
  return tellOffice(tx, { communityId, content, subject, urgency: URGENCY.daily }, now);
};

/** The ledger's columns of a date as people say them; they add up to the enrolled with those still open. */
async function countDay(tx: Tx, communityId: string, date: string): Promise<DayCounts> {
  const { rows } = await sql<DayCounts>`
    select count(*)::int as enrolled, (count(*) filter (where closed_as = 'kept'))::int as kept,
      (count(*) filter (where closed_as = 'kept_late'))::int as "keptLate",
      (count(*) filter (where closed_as = 'visited'))::int as visited,
      (count(*) filter (where closed_as = 'excused' and reason = 'on_leave'))::int as away,
      (count(*) filter (where closed_as = 'excused' and reason is distinct from 'on_leave'))::int as excused
    from pact_day where community_id = ${communityId} and on_date = ${date}
      and household_id is distinct from (select id from household where community_id = ${communityId} and is_canary)`.execute(
    tx,
  );
  return rows[0]!;
}
