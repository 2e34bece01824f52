import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { readPact } from '#pact/pact.ts';
import { type Leave, openDay } from '#pact/pact-day.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { PactError } from '#platform/errors.ts';
import { announce } from '../change-feed.ts';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';

const CHUNK = 5_000;

/** How long before midnight tomorrow is opened, so that no earliest time ever finds an unopened day. */
const AHEAD_HOURS = 6;

/** Days that passed while we were away are opened afterwards, a month of them at most. */
const MOST_DAYS_BACK = 31;

type Community = { id: string; timeZone: string };

/**
 * Sees to it that every household with a pact has its row for today and, late in the day, for tomorrow, in
 * its community's own calendar; days that were slept through are made up. Households whose pact or leave
 * changed since are opened anew as long as their deadline lies ahead. Doing it twice changes nothing.
 * @returns how many rows were made or changed
 */
export async function openDays(db: Db, now: Temporal.Instant): Promise<number> {
  const communities = await db.selectFrom('community').select(['id', 'time_zone as timeZone']).execute();
  let changed = 0;
  for (const community of communities) {
    for (const date of await datesToOpen(db, community, now)) {
      changed += await openDate(db, community, date, now);
    }
  }
  return changed;
}

async function datesToOpen(
  db: Db,
  community: Community,
  now: Temporal.Instant,
): Promise<Temporal.PlainDate[]> {
  const today = localDateAt(now, community.timeZone);
  const ahead = localDateAt(now.add({ hours: AHEAD_HOURS }), community.timeZone);
  const last = await db
    .selectFrom('day_opening')
    .select('on_date')
    .where('community_id', '=', community.id)
    .where('on_date', '<=', today.toString())
    .orderBy('on_date', 'desc')
    .limit(1)
    .executeTakeFirst();
  const oldest = today.subtract({ days: MOST_DAYS_BACK });
  let date = last ? Temporal.PlainDate.from(last.on_date) : today;
  if (Temporal.PlainDate.compare(date, oldest) < 0) date = oldest;
  const dates: Temporal.PlainDate[] = [];
  for (; Temporal.PlainDate.compare(date, ahead) <= 0; date = date.add({ days: 1 })) dates.push(date);
  return dates;
}

/** Opens one date for a community; the mark is written last, so that a crash mid-way only repeats work. */
async function openDate(db: Db, community: Community, date: Temporal.PlainDate, now: Temporal.Instant) {
  const mark = await db
    .selectFrom('day_opening')
    .select('opened_at')
    .where('community_id', '=', community.id)
    .where('on_date', '=', date.toString())
    .executeTakeFirst();
  const today = localDateAt(now, community.timeZone);
  const isPast = Temporal.PlainDate.compare(date, today) < 0;
  if (mark && isPast) return 0;

  let changed = 0;
  for (let after = ''; ; ) {
    const rows = await readChunk(db, community.id, after, date, mark?.opened_at);
    changed += await writeChunk(db, community, date, now, rows);
    const last = rows.at(-1);
    if (!last || rows.length < CHUNK) break;
    after = last.householdId;
  }
  await sql`
    insert into day_opening (community_id, on_date, opened_at)
    values (${community.id}, ${date.toString()}, ${toDate(now)})
    on conflict (community_id, on_date) do update set opened_at = excluded.opened_at`.execute(db);
  return changed;
}

type PactedHousehold = {
  householdId: string;
  pactId: string;
  deadline: string;
  earliest: string;
  deadlines: Record<string, string>;
  weekdays: number[];
  accepts: string[];
  signalCloses: boolean;
  fromOn: string;
  untilOn: string | null;
  updatedAt: Date;
  leaves: { from_on: string; until_on: string }[] | null;
};

/** Households of a community in key order: all of them for an unopened date, else those changed since. */
async function readChunk(db: Db, communityId: string, after: string, date: Temporal.PlainDate, since?: Date) {
  const changedSince = since
    ? sql`and (p.updated_at >= ${since} or exists (
        select 1 from leave l where l.household_id = h.id
        and (l.created_at >= ${since} or l.cancelled_at >= ${since})))`
    : sql``;
  const { rows } = await sql<PactedHousehold>`
    select h.id as "householdId", p.id as "pactId", p.deadline, p.earliest, p.deadlines, p.weekdays, p.accepts,
      p.signal_closes as "signalCloses", p.from_on as "fromOn", p.until_on as "untilOn", p.updated_at as "updatedAt",
      (select json_agg(json_build_object('from_on', l.from_on, 'until_on', l.until_on)) from leave l
       where l.household_id = h.id and l.cancelled_at is null and ${date.toString()} between l.from_on and l.until_on) as leaves
    from household h join pact p on p.household_id = h.id
    where h.community_id = ${communityId} and h.removed_at is null
      and h.id > ${after === '' ? '00000000-0000-0000-0000-000000000000' : after} ${changedSince}
    order by h.id limit ${CHUNK}`.execute(db);
  return rows;
}

async function writeChunk(
  db: Db,
  community: Community,
  date: Temporal.PlainDate,
  now: Temporal.Instant,
  rows: readonly PactedHousehold[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const days = rows
    .map((row) => ({ row, day: openDay(pactOf(row), date, community.timeZone, leavesOf(row)) }))
    .filter(({ row, day }) => wasKnownInTime(row, day, now));
  if (days.length === 0) return 0;
  const { rows: written } = await sql<{ household_id: string }>`
    insert into pact_day as d (household_id, on_date, community_id, pact_id, earliest_at, deadline_at, verdict, reason, closed_as)
    select u.household_id, ${date.toString()}::date, ${community.id}::uuid, u.pact_id, u.earliest_at, u.deadline_at, u.verdict, u.reason,
      case when u.verdict = 'excused' then 'excused' end
    from unnest(
      ${days.map(({ row }) => row.householdId)}::uuid[], ${days.map(({ row }) => row.pactId)}::uuid[],
      ${days.map(({ day }) => toDate(day.earliestAt))}::timestamptz[],
      ${days.map(({ day }) => toDate(day.deadlineAt))}::timestamptz[],
      ${days.map(({ day }) => day.verdict)}::text[],
      ${days.map(({ day }) => (day.verdict === 'excused' ? day.reason : null))}::text[]
    ) as u(household_id, pact_id, earliest_at, deadline_at, verdict, reason)
    on conflict (household_id, on_date) do update set
      pact_id = excluded.pact_id, earliest_at = excluded.earliest_at, deadline_at = excluded.deadline_at,
      verdict = excluded.verdict, reason = excluded.reason, closed_as = excluded.closed_as
    where d.judged_at is null and d.deadline_at > ${toDate(now)}
      and (d.earliest_at, d.deadline_at, d.verdict, d.reason)
        is distinct from (excluded.earliest_at, excluded.deadline_at, excluded.verdict, excluded.reason)
    returning household_id`.execute(db);
  if (written.length > 0) {
    await announce(db, { communityId: community.id, householdIds: written.map((row) => row.household_id) });
  }
  return written.length;
}

/** A pact that was made or changed after a deadline says nothing of that morning: it counts from the next. */
const wasKnownInTime = (row: PactedHousehold, day: { deadlineAt: Temporal.Instant }, now: Temporal.Instant) =>
  Temporal.Instant.compare(day.deadlineAt, now) > 0 || row.updatedAt.getTime() <= day.deadlineAt.epochMilliseconds;

function pactOf(row: PactedHousehold) {
  const read = readPact(row);
  if (read.ok) return read.pact;
  throw new PactError(
    'PACT_INVALID',
    `The stored pact ${row.pactId} cannot be read: ${read.problems.join(', ')}`,
    {
      hint: 'Open the household in the register and save its pact again.',
    },
  );
}

const leavesOf = (row: PactedHousehold): Leave[] =>
  (row.leaves ?? []).map((leave) => ({
    fromOn: Temporal.PlainDate.from(leave.from_on),
    untilOn: Temporal.PlainDate.from(leave.until_on),
  }));
