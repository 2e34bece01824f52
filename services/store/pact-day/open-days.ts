import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { readPact } from '#pact/pact.ts';
import { type Leave, type OpenedDay, openDay } from '#pact/pact-day.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { PactError } from '#platform/errors.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';

const CHUNK = 5_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** How long before midnight tomorrow is opened, so that no earliest time ever finds an unopened day. */
const AHEAD_HOURS = 6;

/** Days that passed while we were away are opened afterwards, a month of them at most. */
const MOST_DAYS_BACK = 31;

type Community = { id: string; timeZone: string };

/**
 * Sees to it that every household with a pact has its row for today and, late in the day, for tomorrow, in
 * its community's own calendar; days that were slept through are made up. Doing it twice changes nothing.
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

/**
 * Opens anew the days of households whose pact or leave changed, as long as their deadline lies ahead. A
 * household leaves the list in the same commit as its days.
 * @returns how many rows were made or changed
 */
export async function refreshStaleDays(db: Db, now: Temporal.Instant, limit: number): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows: stale } = await sql<{ id: string }>`
      delete from stale_day where household_id in
        (select household_id from stale_day limit ${limit} for update skip locked)
      returning household_id as id`.execute(tx);
    if (stale.length === 0) return 0;
    const ids = stale.map((row) => row.id);
    const { rows: opened } = await sql<Community & { date: string }>`
      select distinct c.id, c.time_zone as "timeZone", o.on_date as date
      from household h join community c on c.id = h.community_id join day_opening o on o.community_id = c.id
      where h.id = any (${ids}::uuid[]) and o.on_date >= (${toDate(now)}::timestamptz at time zone c.time_zone)::date
      order by c.id, o.on_date`.execute(tx);
    let changed = 0;
    for (const { date: text, ...community } of opened) {
      const date = Temporal.PlainDate.from(text);
      changed += await writeDays(tx, community, date, now, await readPacts(tx, community.id, date, { ids }));
    }
    return changed;
  });
}

/** Whether a pact was made in a community whose today nobody has opened yet, such as one that was just imported. */
export async function isOpeningAwaited(db: Db, now: Temporal.Instant): Promise<boolean> {
  const { rows } = await sql`
    select 1 from stale_day s join household h on h.id = s.household_id join community c on c.id = h.community_id
    where not exists (select 1 from day_opening o where o.community_id = c.id
      and o.on_date = (${toDate(now)}::timestamptz at time zone c.time_zone)::date)
    limit 1`.execute(db);
  return rows.length > 0;
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

/**
 * Opens one date for a community. The mark is committed before the households are read, so that a pact that
 * changes meanwhile finds it and is refreshed; it is completed last, so that a crash mid-way repeats the work.
 */
async function openDate(db: Db, community: Community, date: Temporal.PlainDate, now: Temporal.Instant) {
  const key = { community_id: community.id, on_date: date.toString() };
  const { rows: pending } = await sql`
    insert into day_opening as o (community_id, on_date, begun_at)
    values (${key.community_id}, ${key.on_date}, ${toDate(now)})
    on conflict (community_id, on_date) do update set begun_at = excluded.begun_at where o.completed_at is null
    returning on_date`.execute(db);
  if (pending.length === 0) return 0;

  let changed = 0;
  for (let after = FIRST_ID; ; ) {
    const rows = await readPacts(db, community.id, date, { after });
    changed += await writeDays(db, community, date, now, rows);
    const last = rows.at(-1);
    if (!last || rows.length < CHUNK) break;
    after = last.householdId;
  }
  await db
    .updateTable('day_opening')
    .set({ completed_at: toDate(now) })
    .where('community_id', '=', key.community_id)
    .where('on_date', '=', key.on_date)
    .execute();
  return changed;
}

/** The days of a date as its pacts and leaves say now, opened or not: for whoever looks ahead. */
export async function readDaysOn(
  db: Db,
  community: Community,
  date: Temporal.PlainDate,
): Promise<{ householdId: string; day: OpenedDay }[]> {
  const days: { householdId: string; day: OpenedDay }[] = [];
  for (let after = FIRST_ID; ; ) {
    const rows = await readPacts(db, community.id, date, { after });
    for (const row of rows) {
      const day = openDay(pactOf(row), date, community.timeZone, leavesOf(row));
      days.push({ householdId: row.householdId, day });
    }
    const last = rows.at(-1);
    if (!last || rows.length < CHUNK) return days;
    after = last.householdId;
  }
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

/** Households of a community with their pacts, in key order: those after a key, or those named. */
async function readPacts(
  db: Db | Tx,
  communityId: string,
  date: Temporal.PlainDate,
  which: { after: string } | { ids: readonly string[] },
): Promise<PactedHousehold[]> {
  const wanted = 'ids' in which ? sql`h.id = any (${which.ids}::uuid[])` : sql`h.id > ${which.after}`;
  const { rows } = await sql<PactedHousehold>`
    select h.id as "householdId", p.id as "pactId", p.deadline, p.earliest, p.deadlines, p.weekdays, p.accepts,
      p.signal_closes as "signalCloses", p.from_on as "fromOn", p.until_on as "untilOn", p.updated_at as "updatedAt",
      (select json_agg(json_build_object('from_on', l.from_on, 'until_on', l.until_on)) from leave l
       where l.household_id = h.id and l.cancelled_at is null and ${date.toString()} between l.from_on and l.until_on) as leaves
    from household h join pact p on p.household_id = h.id
    where h.community_id = ${communityId} and h.removed_at is null and ${wanted}
    order by h.id limit ${CHUNK}`.execute(db);
  return rows;
}

async function writeDays(
  db: Db | Tx,
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
  Temporal.Instant.compare(day.deadlineAt, now) > 0 ||
  row.updatedAt.getTime() <= day.deadlineAt.epochMilliseconds;

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
