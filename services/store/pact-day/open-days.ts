import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { type PactProblem, readAsFarAsPossible } from '#pact/pact.ts';
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
/** The newest date until today, begun at least, and those from then on of which nothing is left to open. */
type OpenedDates = { last: string | null; completed: string[] };

/**
 * Sees to it that every household with a pact has its row for today and, late in the day, for tomorrow, in
 * its community's own calendar; days that were slept through are made up. Doing it twice changes nothing.
 * @returns how many rows were made or changed
 * @throws PactError PACT_INVALID after all days are open, where a pact could be read in part only, until it is mended
 */
export async function openDays(db: Db, now: Temporal.Instant): Promise<number> {
  // One statement for all: every minute nearly every community finds its dates opened already.
  const { rows: communities } = await sql<Community & OpenedDates>`
    select c.id, c.time_zone as "timeZone", newest.on_date as last, array(
      select o.on_date::text from day_opening o
      where o.community_id = c.id and o.on_date >= newest.on_date and o.completed_at is not null) as completed
    from community c left join lateral (
      select max(o.on_date) as on_date from day_opening o
      where o.community_id = c.id and o.on_date <= (${toDate(now)}::timestamptz at time zone c.time_zone)::date
    ) newest on true`.execute(db);
  let changed = 0;
  const unreadable: Unreadable[] = [];
  for (const { last, completed, ...community } of communities) {
    for (const date of datesToOpen(last, community.timeZone, now)) {
      if (completed.includes(date.toString())) continue;
      const opened = await openDate(db, community, date, now);
      changed += opened.changed;
      unreadable.push(...opened.unreadable);
    }
  }
  refuseUnreadable(unreadable);
  return changed;
}

function refuseUnreadable([first, ...others]: readonly Unreadable[]): void {
  if (!first) return;
  throw new PactError(
    'PACT_INVALID',
    `The stored pact ${first.pactId} cannot be read: ${first.problems.join(', ')}`,
    {
      hint: `Its home is watched by what can be read, and by the usual times; so are ${others.length} more. Open it in the register and save its pact again.`,
    },
  );
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
      const promises = await readPacts(tx, community.id, date, { ids });
      changed += (await writeDays(tx, community, date, now, promises)).changed;
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

/** From the newest date until today that somebody has begun to open to the one that begins soon. */
function datesToOpen(last: string | null, timeZone: string, now: Temporal.Instant): Temporal.PlainDate[] {
  const today = localDateAt(now, timeZone);
  const ahead = localDateAt(now.add({ hours: AHEAD_HOURS }), timeZone);
  const oldest = today.subtract({ days: MOST_DAYS_BACK });
  let date = last ? Temporal.PlainDate.from(last) : today;
  if (Temporal.PlainDate.compare(date, oldest) < 0) date = oldest;
  const dates: Temporal.PlainDate[] = [];
  for (; Temporal.PlainDate.compare(date, ahead) <= 0; date = date.add({ days: 1 })) dates.push(date);
  return dates;
}

/**
 * Opens one date for a community. The mark is committed before the households are read, so that a pact that
 * changes meanwhile finds it and is refreshed; it is completed last, so that a crash mid-way repeats the work. Over a pact
 * that cannot be read it is never completed, and so said again and again.
 */
async function openDate(db: Db, community: Community, date: Temporal.PlainDate, now: Temporal.Instant) {
  const key = { community_id: community.id, on_date: date.toString() };
  const { rows: pending } = await sql`
    insert into day_opening as o (community_id, on_date, begun_at)
    values (${key.community_id}, ${key.on_date}, ${toDate(now)})
    on conflict (community_id, on_date) do update set begun_at = excluded.begun_at where o.completed_at is null
    returning on_date`.execute(db);
  const total: Written = { changed: 0, unreadable: [] };
  if (pending.length === 0) return total;

  for await (const promises of readAllPacts(db, community.id, date)) {
    const { changed, unreadable } = await writeDays(db, community, date, now, promises);
    total.changed += changed;
    total.unreadable.push(...unreadable);
  }
  if (total.unreadable.length > 0) return total;
  await db
    .updateTable('day_opening')
    .set({ completed_at: toDate(now) })
    .where('community_id', '=', key.community_id)
    .where('on_date', '=', key.on_date)
    .execute();
  return total;
}

/** The days of a date as its pacts and leaves say now, opened or not: for whoever looks ahead. */
export async function readDaysOn(
  db: Db,
  community: Community,
  date: Temporal.PlainDate,
): Promise<{ householdId: string; day: OpenedDay }[]> {
  const days: { householdId: string; day: OpenedDay }[] = [];
  const open = openerOf(community, date);
  for await (const promises of readAllPacts(db, community.id, date)) {
    for (const promise of promises) {
      const { day } = open(promise);
      for (const householdId of promise.householdIds) days.push({ householdId, day });
    }
  }
  return days;
}

/** What many homes of a community promise alike, and those homes with their pacts, in the same order. */
type SharedPact = {
  householdIds: string[];
  pactIds: string[];
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

/** All pacts of a community, some thousands of homes at a time. */
async function* readAllPacts(db: Db, communityId: string, date: Temporal.PlainDate) {
  for (let after = FIRST_ID; ; ) {
    const promises = await readPacts(db, communityId, date, { after });
    yield promises;
    const ids = promises.flatMap(({ householdIds }) => householdIds);
    if (ids.length < CHUNK) return;
    after = ids.sort().at(-1) ?? after;
  }
}

/**
 * What homes of a community promise, those after a key in key order, or those named. Most of them promise the same and
 * nothing of a home is of interest but its ids: whole rows would cost as much to read as the days to write. Pacts are
 * looked up home by home: a plan that reads all pacts of a province for each of its communities is never cheaper.
 */
async function readPacts(
  db: Db | Tx,
  communityId: string,
  date: Temporal.PlainDate,
  which: { after: string } | { ids: readonly string[] },
): Promise<SharedPact[]> {
  const wanted = 'ids' in which ? sql`h.id = any (${which.ids}::uuid[])` : sql`h.id > ${which.after}`;
  const { rows } = await sql<SharedPact>`
    select json_agg(id) as "householdIds", json_agg("pactId") as "pactIds", deadline, earliest, deadlines, weekdays, accepts,
      "signalCloses", "fromOn", "untilOn", "updatedAt", leaves
    from (
      select h.id, p.id as "pactId", p.deadline, p.earliest, p.deadlines, p.weekdays, p.accepts,
        p.signal_closes as "signalCloses", p.from_on as "fromOn", p.until_on as "untilOn", p.updated_at as "updatedAt",
        (select jsonb_agg(jsonb_build_object('from_on', l.from_on, 'until_on', l.until_on) order by l.from_on, l.until_on)
         from leave l where l.household_id = h.id and l.cancelled_at is null
           and ${date.toString()} between l.from_on and l.until_on) as leaves
      from household h cross join lateral (select * from pact where household_id = h.id limit 1) p
      where h.community_id = ${communityId} and h.removed_at is null and ${wanted}
      order by h.id limit ${CHUNK}
    ) pacted
    group by deadline, earliest, deadlines, weekdays, accepts, "signalCloses", "fromOn", "untilOn", "updatedAt", leaves`.execute(
    db,
  );
  return rows;
}

/** A pact that can be read in part only. */
type Unreadable = { pactId: string; problems: readonly PactProblem[] };
type Written = { changed: number; unreadable: Unreadable[] };

async function writeDays(
  db: Db | Tx,
  community: Community,
  date: Temporal.PlainDate,
  now: Temporal.Instant,
  promises: readonly SharedPact[],
): Promise<Written> {
  const open = openerOf(community, date);
  const days = promises
    .map((promise) => ({ promise, ...open(promise) }))
    .filter(({ promise, day }) => wasKnownInTime(promise, day, now));
  const unreadable = days
    .filter(({ problems }) => problems.length > 0)
    .flatMap(({ promise, problems }) => promise.pactIds.map((pactId) => ({ pactId, problems })));
  if (days.length === 0) return { changed: 0, unreadable };
  const { rows } = await sql<{ written: string[] | null }>`
    with written as (
      insert into pact_day as d (household_id, on_date, community_id, pact_id, earliest_at, deadline_at, verdict, reason, closed_as)
      select h.household_id, ${date.toString()}::date, ${community.id}::uuid, h.pact_id, u.earliest_at, u.deadline_at, u.verdict, u.reason,
        case when u.verdict = 'excused' then 'excused' end
      from unnest(
        ${arrayOf(days, ({ promise }) => promise.householdIds)}::uuid[],
        ${arrayOf(days, ({ promise }) => promise.pactIds)}::uuid[],
        ${arrayOf(days, ({ promise }, nth) => promise.householdIds.map(() => nth + 1))}::int[]
      ) as h(household_id, pact_id, nth)
      join unnest(
        ${days.map(({ day }) => toDate(day.earliestAt))}::timestamptz[],
        ${days.map(({ day }) => toDate(day.deadlineAt))}::timestamptz[],
        ${days.map(({ day }) => day.verdict)}::text[],
        ${days.map(({ day }) => (day.verdict === 'excused' ? day.reason : null))}::text[],
        ${days.map(({ problems }) => problems.length === 0)}::boolean[]
      ) with ordinality as u(earliest_at, deadline_at, verdict, reason, is_readable, nth) on u.nth = h.nth
      -- What cannot be read changes no day that somebody who could has opened.
      where u.is_readable or not exists
        (select from pact_day known where known.household_id = h.household_id and known.on_date = ${date.toString()}::date)
      on conflict (household_id, on_date) do update set
        pact_id = excluded.pact_id, earliest_at = excluded.earliest_at, deadline_at = excluded.deadline_at,
        verdict = excluded.verdict, reason = excluded.reason, closed_as = excluded.closed_as
      where d.judged_at is null and d.deadline_at > ${toDate(now)}
        and (d.earliest_at, d.deadline_at, d.verdict, d.reason)
          is distinct from (excluded.earliest_at, excluded.deadline_at, excluded.verdict, excluded.reason)
      returning household_id
    )
    select json_agg(household_id) as written from written`.execute(db);
  const written = rows[0]?.written ?? [];
  if (written.length > 0) {
    await announce(db, { communityId: community.id, householdIds: written });
  }
  return { changed: written.length, unreadable };
}

/** An array literal made by hand of what needs no quotes: the driver looks at every element twice. */
const arrayOf = <Day>(days: readonly Day[], read: (day: Day, nth: number) => readonly (string | number)[]) =>
  `{${days.flatMap(read).join(',')}}`;

/** A pact that was made or changed after a deadline says nothing of that morning: it counts from the next. */
const wasKnownInTime = (pact: SharedPact, day: { deadlineAt: Temporal.Instant }, now: Temporal.Instant) =>
  Temporal.Instant.compare(day.deadlineAt, now) > 0 ||
  pact.updatedAt.getTime() <= day.deadlineAt.epochMilliseconds;

/** Each promise is read and placed on the date once, whenever it was last changed. */
function openerOf({ timeZone }: Community, date: Temporal.PlainDate) {
  const known = new Map<string, { day: OpenedDay; problems: readonly PactProblem[] }>();
  return (shared: SharedPact) => {
    const { householdIds: _, pactIds: __, updatedAt: ___, ...promise } = shared;
    const key = JSON.stringify(promise);
    let opened = known.get(key);
    if (!opened) {
      const { pact, problems } = readAsFarAsPossible(shared);
      opened = { day: openDay(pact, date, timeZone, leavesOf(shared)), problems };
      known.set(key, opened);
    }
    return opened;
  };
}

const leavesOf = (pact: SharedPact): Leave[] =>
  (pact.leaves ?? []).map((leave) => ({
    fromOn: Temporal.PlainDate.from(leave.from_on),
    untilOn: Temporal.PlainDate.from(leave.until_on),
  }));
