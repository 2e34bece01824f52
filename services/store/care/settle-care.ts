import { type RawBuilder, sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { type ContactWay, countsFor, OUTCOMES_MET, PLAN_KINDS, STANDING_KINDS } from '#pact/care.ts';
import { announceAll } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';

const kindsFor = (way: ContactWay) => PLAN_KINDS.filter((kind) => countsFor(way, kind));
type Settled = { householdId: string; communityId: string };

/** Everybody takes open tasks in one order, so that nobody who records an outcome ever waits for each other in a ring. */
export const lockOpen = (tx: Tx, wanted: RawBuilder<unknown>) =>
  sql<{ id: string }>`
    select t.id from care_task t where t.state = 'open' and ${wanted} order by t.id for update`.execute(tx);

/**
 * Does the tasks for which another contact of their day counts: somebody at the door for an alert, the office that saw
 * the elder, the elder's own key in a call of ours. Doing it twice changes nothing.
 * @param which one home, or all of a community @returns how many were done
 */
export async function settleByContacts(
  tx: Tx,
  now: Temporal.Instant,
  which: { householdId: string } | { communityId: string },
): Promise<number> {
  const wanted =
    'householdId' in which
      ? sql`t.household_id = ${which.householdId}`
      : sql`t.community_id = ${which.communityId}`;
  const { rows: locked } = await lockOpen(tx, wanted);
  if (locked.length === 0) return 0;
  const { rows } = await sql<Settled>`
    update care_task t set state = 'done', settled_at = m.at, settled_on = m.on_date, done_by = m.how
    from (
      select distinct on (t.id) t.id, met.at, met.how, (met.at at time zone c.time_zone)::date as on_date
      from care_task t join community c on c.id = t.community_id
      cross join lateral (
        select v.visited_at as at, 'alert' as how, 'visit' as way from visit v
        where v.household_id = t.household_id and v.outcome = any (${OUTCOMES_MET})
          and v.visited_at >= t.from_on::timestamp at time zone c.time_zone
          and not exists (select from visit w where w.corrects = v.id)
        union all
        select e.at, e.type, case e.type when 'seen' then 'visit' else 'call' end from event e
        where e.household_id = t.household_id and e.opening and e.type in ('seen', 'called')
          and e.at >= t.from_on::timestamp at time zone c.time_zone
      ) met
      where t.state = 'open' and ${wanted} and met.at <= ${toDate(now)} and (
        (met.way = 'visit' and t.kind = any (${kindsFor('visit')}))
        or (met.way = 'call' and t.kind = any (${kindsFor('call')})))
        and (t.kind = any (${STANDING_KINDS}) or (met.at at time zone c.time_zone)::date = t.due_on)
      order by t.id, met.at
    ) m
    where t.id = m.id
    returning t.household_id as "householdId", t.community_id as "communityId"`.execute(tx);
  await announceAll(tx, rows);
  return rows.length;
}

/** What an alert's visit did today is asked for again where the outcome was another: nobody was met after all. */
export async function forgetAlertVisits(tx: Tx, now: Temporal.Instant, householdId: string): Promise<void> {
  await sql`
    update care_task t set state = 'open', settled_at = null, settled_on = null, done_by = null
    from community c where c.id = t.community_id and t.household_id = ${householdId} and t.done_by = 'alert'
      and t.settled_on = (${toDate(now)}::timestamptz at time zone c.time_zone)::date`.execute(tx);
}

/**
 * Keeps what is open true to the register: who is away today is excused, who came back is not; a home that left the
 * register asks for nothing more. Doing it twice changes nothing. @returns how many tasks changed
 */
export async function tendCare(db: Db, now: Temporal.Instant): Promise<number> {
  const at = toDate(now);
  const isToday = sql`t.due_on = (${at}::timestamptz at time zone c.time_zone)::date`;
  const isAway = sql`exists (select from leave l where l.household_id = t.household_id and l.cancelled_at is null
    and t.due_on between l.from_on and l.until_on)`;
  return db.transaction().execute(async (tx) => {
    const changed = await sql<Settled>`
      update care_task t set state = case when t.state = 'open' then 'excused' else 'open' end,
        reason = case when t.state = 'open' then 'on_leave' end,
        settled_at = case when t.state = 'open' then ${at}::timestamptz end,
        settled_on = case when t.state = 'open' then t.due_on end
      from (
        select t.id from care_task t join community c on c.id = t.community_id
        where t.plan_id is not null and ${isToday} and (
          (t.state = 'open' and ${isAway}) or (t.state = 'excused' and t.reason = 'on_leave' and not ${isAway}))
        order by t.id for update of t
      ) changed where t.id = changed.id
      returning t.household_id as "householdId", t.community_id as "communityId"`.execute(tx);
    const gone = await sql<Settled>`
      update care_task t set state = 'excused', reason = 'not_in_register', settled_at = ${at},
        settled_on = gone.on_date
      from (
        select t.id, (${at}::timestamptz at time zone c.time_zone)::date as on_date
        from care_task t join household h on h.id = t.household_id join community c on c.id = h.community_id
        where t.state = 'open' and h.removed_at is not null order by t.id for update of t
      ) gone where t.id = gone.id
      returning t.household_id as "householdId", t.community_id as "communityId"`.execute(tx);
    await announceAll(tx, [...changed.rows, ...gone.rows]);
    return changed.rows.length + gone.rows.length;
  });
}
