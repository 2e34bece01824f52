import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import {
  type LastTask,
  MOST_CARE_DAYS_BACK,
  type OpenedTask,
  openTask,
  type PlanKind,
  STANDING_KINDS,
  type TaskState,
} from '#pact/care.ts';
import type { Weekday } from '#pact/pact.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { settleByContacts } from './settle-care.ts';

const CHUNK = 5_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

type Community = { id: string; timeZone: string };

/**
 * Opens today's tasks of every community, once a date; dates that were slept through are made up in their order, each
 * closed before the next begins, so that what was missed comes back. Doing it twice changes nothing, whoever else is at it.
 * @returns how many tasks were opened
 */
export async function openCareDays(db: Db, now: Temporal.Instant): Promise<number> {
  const { rows: communities } = await sql<Community & { last: string | null }>`
    select c.id, c.time_zone as "timeZone", (select max(o.on_date) from care_day o
      where o.community_id = c.id) as last from community c`.execute(db);
  let opened = 0;
  for (const { last, ...community } of communities) {
    for (const date of datesToOpen(last, localDateAt(now, community.timeZone))) {
      opened += await openDate(db, community, date, now);
    }
  }
  return opened;
}

function datesToOpen(last: string | null, today: Temporal.PlainDate): Temporal.PlainDate[] {
  const { compare } = Temporal.PlainDate;
  const oldest = today.subtract({ days: MOST_CARE_DAYS_BACK });
  let date = last ? Temporal.PlainDate.from(last).add({ days: 1 }) : today;
  if (compare(date, oldest) < 0) date = oldest;
  const dates: Temporal.PlainDate[] = [];
  for (; compare(date, today) <= 0; date = date.add({ days: 1 })) dates.push(date);
  return dates;
}

/** The second of two at once waits at the mark until the first has committed, and finds the date opened. */
async function openDate(
  db: Db,
  community: Community,
  date: Temporal.PlainDate,
  now: Temporal.Instant,
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows: mine } = await sql`
      insert into care_day (community_id, on_date, opened_at)
      values (${community.id}, ${date.toString()}, ${toDate(now)})
      on conflict do nothing returning on_date`.execute(tx);
    if (mine.length === 0) return 0;
    await settleByContacts(tx, now, { communityId: community.id });
    await endDaysBefore(tx, community.id, date, now);
    let opened = 0;
    for (let after = FIRST_ID; ; ) {
      const plans = await readPlans(tx, date, { communityId: community.id, after });
      opened += await writeTasks(tx, community.id, date, now, plans);
      const last = plans.at(-1);
      if (!last || plans.length < CHUNK) break;
      after = last.planId;
    }
    await announce(tx, { communityId: community.id, householdIds: [] });
    return opened;
  });
}

/** Tasks of days before `date` that nobody did are missed; standing ones are late and stay. */
async function endDaysBefore(tx: Tx, communityId: string, date: Temporal.PlainDate, now: Temporal.Instant) {
  const before = date.toString();
  await sql`
    update care_task set state = 'missed', settled_at = ${toDate(now)}, settled_on = due_on
    where community_id = ${communityId} and state = 'open' and due_on < ${before} and not kind = any (${STANDING_KINDS})`.execute(
    tx,
  );
  await sql`
    update care_task set missed_since = due_on
    where community_id = ${communityId} and state = 'open' and due_on < ${before} and missed_since is null
      and kind = any (${STANDING_KINDS})`.execute(tx);
}

/** Opens today's task of a plan that was just made or changed, where it asks for one. */
export async function openPlanToday(
  tx: Tx,
  community: Community,
  planId: string,
  now: Temporal.Instant,
): Promise<void> {
  const today = localDateAt(now, community.timeZone);
  await writeTasks(tx, community.id, today, now, await readPlans(tx, today, { planId }));
}

type Planned = {
  planId: string;
  householdId: string;
  kind: PlanKind;
  weekdays: Weekday[];
  fromOn: string;
  lastDueOn: string | null;
  lastState: TaskState;
  lastMissedSince: string | null;
  leaves: { fromOn: string; untilOn: string }[] | null;
};

/** Plans that stand, each with its newest task and the leaves of its home on that date. */
async function readPlans(
  tx: Tx,
  date: Temporal.PlainDate,
  which: { communityId: string; after: string } | { planId: string },
): Promise<Planned[]> {
  const wanted =
    'planId' in which
      ? sql`p.id = ${which.planId}`
      : sql`h.community_id = ${which.communityId} and p.id > ${which.after}`;
  const { rows } = await sql<Planned>`
    select p.id as "planId", p.household_id as "householdId", p.kind, p.weekdays, p.from_on as "fromOn",
      last.due_on as "lastDueOn", last.state as "lastState", last.missed_since as "lastMissedSince",
      (select json_agg(json_build_object('fromOn', l.from_on, 'untilOn', l.until_on)) from leave l
        where l.household_id = h.id and l.cancelled_at is null and ${date.toString()} between l.from_on and l.until_on) as leaves
    from care_plan p join household h on h.id = p.household_id and h.removed_at is null
    left join lateral (
      select t.due_on, t.state, t.missed_since from care_task t
      where t.plan_id = p.id and t.due_on < ${date.toString()} order by t.due_on desc limit 1
    ) last on true
    where p.ended_at is null and ${wanted} order by p.id limit ${CHUNK}`.execute(tx);
  return rows;
}

async function writeTasks(
  tx: Tx,
  communityId: string,
  date: Temporal.PlainDate,
  now: Temporal.Instant,
  plans: readonly Planned[],
): Promise<number> {
  const opened = plans.flatMap((plan) => {
    const task = taskOf(plan, date);
    return task ? [{ plan, task }] : [];
  });
  if (opened.length === 0) return 0;
  const on = date.toString();
  const { rows } = await sql`
    insert into care_task (id, household_id, community_id, kind, plan_id, from_on, due_on, missed_since, state, reason,
      opened_at, opened_by, settled_at, settled_on)
    select u.id, u.household_id, ${communityId}::uuid, u.kind, u.plan_id, ${on}::date, ${on}::date, u.missed_since, u.state,
      case when u.state = 'excused' then 'on_leave' end, ${toDate(now)}::timestamptz, 'rules',
      case when u.state = 'excused' then ${toDate(now)}::timestamptz end, case when u.state = 'excused' then ${on}::date end
    from unnest(
      ${opened.map(() => randomUUID())}::uuid[], ${opened.map(({ plan }) => plan.householdId)}::uuid[],
      ${opened.map(({ plan }) => plan.kind)}::text[], ${opened.map(({ plan }) => plan.planId)}::uuid[],
      ${opened.map(({ task }) => task.missedSince?.toString() ?? null)}::date[],
      ${opened.map(({ task }) => task.state)}::text[]
    ) as u(id, household_id, kind, plan_id, missed_since, state)
    on conflict (plan_id, due_on) where plan_id is not null do nothing returning id`.execute(tx);
  return rows.length;
}

function taskOf(plan: Planned, date: Temporal.PlainDate): OpenedTask | undefined {
  const { PlainDate } = Temporal;
  const last: LastTask | undefined = plan.lastDueOn
    ? {
        dueOn: PlainDate.from(plan.lastDueOn),
        state: plan.lastState,
        missedSince: plan.lastMissedSince ? PlainDate.from(plan.lastMissedSince) : undefined,
      }
    : undefined;
  const leaves = (plan.leaves ?? []).map(({ fromOn, untilOn }) => ({
    fromOn: PlainDate.from(fromOn),
    untilOn: PlainDate.from(untilOn),
  }));
  return openTask({ ...plan, fromOn: PlainDate.from(plan.fromOn) }, date, last, leaves);
}
