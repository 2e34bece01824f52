import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import type { Weekday } from '#pact/pact.ts';
import { type Opening, RHYTHM_OPENINGS, unusuallyLateFrom } from '#pact/rhythm.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate, toInstant } from '../instant.ts';

const CHUNK = 1_000;
/** Mornings longer ago say nothing of today's rhythm. */
const MOST_DAYS_BACK = 90;

/**
 * Works out for up to `limit` homes of one opened date from when on their morning is unusually late for them.
 * Piece by piece, so that no deadline waits for it; two processes never take the same date at once.
 * @returns whether more may be left
 */
export async function watchRhythm(db: Db, now: Temporal.Instant, limit = CHUNK): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const date = await takeDate(tx, now);
    if (!date) return false;
    const homes = await readMornings(tx, date, limit);
    const found = homes.flatMap((home) => {
      const from = unusuallyLateFrom(openingsOf(home), Temporal.PlainDate.from(date.onDate), date.timeZone, {
        earliestAt: toInstant(home.earliestAt),
        deadlineAt: toInstant(home.deadlineAt),
      });
      return from ? [{ id: home.householdId, from: toDate(from) }] : [];
    });
    await save(tx, date, found);
    await tx
      .updateTable('day_opening')
      .set(
        homes.length < limit
          ? { rhythm_at: toDate(now) }
          : { rhythm_upto: homes.at(-1)?.householdId ?? date.after },
      )
      .where('community_id', '=', date.communityId)
      .where('on_date', '=', date.onDate)
      .execute();
    return true;
  });
}

type OpenedDate = { communityId: string; onDate: string; timeZone: string; after: string | null };

/** A date that is opened, not past, and whose homes have not all been looked at. */
async function takeDate(tx: Tx, now: Temporal.Instant): Promise<OpenedDate | undefined> {
  const at = toDate(now);
  const { rows } = await sql<OpenedDate>`
    select o.community_id as "communityId", o.on_date as "onDate", c.time_zone as "timeZone", o.rhythm_upto as after
    from day_opening o join community c on c.id = o.community_id
    where o.rhythm_at is null and o.completed_at is not null
      and o.on_date >= (${at}::timestamptz - interval '2 days')::date
      and o.on_date >= (${at}::timestamptz at time zone c.time_zone)::date
    order by o.on_date, o.community_id limit 1 for update of o skip locked`.execute(tx);
  return rows[0];
}

type Mornings = {
  householdId: string;
  earliestAt: Date;
  deadlineAt: Date;
  /** Of the last openings, the newest first; null where there are none. */
  weekdays: Weekday[] | null;
  minutes: number[] | null;
};

/** The next homes of a date in the order of their keys, each with its last openings. */
async function readMornings(tx: Tx, date: OpenedDate, limit: number): Promise<Mornings[]> {
  const { rows } = await sql<Mornings>`
    select d.household_id as "householdId", d.earliest_at as "earliestAt", d.deadline_at as "deadlineAt",
      past.weekdays, past.minutes
    from (
      select household_id, earliest_at, deadline_at from pact_day
      where community_id = ${date.communityId} and on_date = ${date.onDate}
        and (${date.after}::uuid is null or household_id > ${date.after}::uuid)
      order by household_id limit ${limit}
    ) d
    left join lateral (
      select array_agg(extract(isodow from m.on_date)::int order by m.on_date desc) as weekdays,
        array_agg((extract(epoch from (m.proof_at at time zone ${date.timeZone})::time) / 60)::int order by m.on_date desc) as minutes
      from (
        select p.on_date, p.proof_at from pact_day p
        where p.household_id = d.household_id and p.on_date < ${date.onDate}
          and p.on_date >= ${date.onDate}::date - ${MOST_DAYS_BACK}::int
          and p.closed_as in ('kept', 'kept_late') and coalesce(p.proof_kind, 'opened') = 'opened'
        order by p.on_date desc limit ${RHYTHM_OPENINGS}
      ) m
    ) past on true
    order by d.household_id`.execute(tx);
  return rows;
}

const openingsOf = ({ weekdays, minutes }: Mornings): Opening[] =>
  (weekdays ?? []).map((weekday, index) => ({ weekday, minute: minutes?.[index] ?? 0 }));

async function save(tx: Tx, date: OpenedDate, found: readonly { id: string; from: Date }[]) {
  if (found.length === 0) return;
  await sql`
    update pact_day d set late_from = u.late_from
    from unnest(${found.map(({ id }) => id)}::uuid[], ${found.map(({ from }) => from)}::timestamptz[]) as u(household_id, late_from)
    where d.household_id = u.household_id and d.on_date = ${date.onDate}`.execute(tx);
  await announce(tx, { communityId: date.communityId, householdIds: found.map(({ id }) => id) });
}
