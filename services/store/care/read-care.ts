import { type RawBuilder, sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { CareDayView, CareDoorView, CareItem, DriftView, HomeCareView } from '#contracts/http/care.ts';
import { compareOnWalk } from '#pact/place.ts';
import { localDateAt } from '#pact/time-zone.ts';
import type { Db } from '../database.ts';
import { iso, isoOrNull } from '../today/iso.ts';
import type { CareLink } from './care-link.ts';
import { listPlans } from './plans.ts';

type Community = { id: string; timeZone: string };

/** A day of a community: what was asked for, by whom, and how it ended. */
export async function readCareDay(
  db: Db,
  { id, timeZone }: Community,
  asked: string | undefined,
  now: Temporal.Instant,
): Promise<CareDayView> {
  const today = localDateAt(now, timeZone).toString();
  const date = asked ?? today;
  return { date, today, timeZone, items: await readItems(db, onDate(id, date), date) };
}

/** What a steward's link shows: their own list of today, what they have done of it included. */
export async function readCareDoor(db: Db, link: CareLink, now: Temporal.Instant): Promise<CareDoorView> {
  const { communityId, personId, person, timeZone, officePhone } = link;
  const date = localDateAt(now, timeZone).toString();
  const items = await readItems(db, onDate(communityId, date), date);
  return {
    ...{ person, timeZone, officePhone, date, now: now.toString(), expiresAt: iso(link.expiresAt) },
    items: items.filter(({ ownerId, state }) => ownerId === personId && state !== 'excused'),
  };
}

const LAST_DAYS = 28;

/** The plans of a home, its tasks of the last weeks from the newest, and the newest drift with its days. */
export async function readHomeCare(
  db: Db,
  household: { id: string; communityId: string; timeZone: string },
  now: Temporal.Instant,
): Promise<HomeCareView> {
  const date = localDateAt(now, household.timeZone);
  const since = date.subtract({ days: LAST_DAYS }).toString();
  const ofHome = {
    tasks: sql`t.household_id = ${household.id} and (t.due_on >= ${since} or t.state = 'open')`,
    lookIns: sql`t.household_id = ${household.id} and t.closed_at is null`,
  };
  const items = await readItems(db, ofHome, date.toString());
  const drift = await db
    .selectFrom('care_task')
    .select(['id', 'occasion', 'from_on', 'state', 'evidence'])
    .where('household_id', '=', household.id)
    .where('evidence', 'is not', null)
    .orderBy('opened_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return {
    today: date.toString(),
    plans: await listPlans(db, { householdId: household.id }),
    items: items.sort((a, b) => (a.dueOn < b.dueOn ? 1 : -1)),
    drift: drift
      ? {
          ...(drift.evidence as Pick<DriftView, 'kind' | 'days' | 'from' | 'to'>),
          ...{ taskId: drift.id, raisedOn: drift.from_on, state: drift.state },
        }
      : null,
  };
}

type Which = { tasks: RawBuilder<unknown>; lookIns: RawBuilder<unknown> };

/** Tasks of a date, and standing ones from the day they were asked for until the day they were settled. */
const onDate = (communityId: string, date: string): Which => ({
  tasks: sql`t.community_id = ${communityId} and (t.due_on = ${date}
    or (t.from_on <= ${date} and t.kind in ('weekly_visit', 'must_visit', 'service')
      and (t.state = 'open' or t.settled_on >= ${date})))`,
  lookIns: sql`h.community_id = ${communityId} and t.due_on = ${date}`,
});

type Row = Omit<CareItem, 'doneAt'> & { doneAt: Date | null };

/** In the order in which people walk; of a home what is missed first. */
async function readItems(db: Db, which: Which, date: string): Promise<CareItem[]> {
  const { rows } = await sql<Row>`
    with item as (
      select t.id, t.kind, t.household_id, t.owner_id, t.occasion, t.service, t.note, t.due_on, t.missed_since, t.state,
        t.reason, t.settled_at, t.done_by, t.contact_id, t.opened_at
      from care_task t where ${which.tasks}
      union all
      select t.id, 'look_in', t.household_id, t.owner_id, null, null, t.note, t.due_on, null,
        case when t.closed_at is null then 'open' when k.id is not null then 'done' else 'excused' end, null, t.closed_at,
        case when k.id is not null then 'contact' end, k.id, t.opened_at
      from ticket t join household h on h.id = t.household_id
      left join lateral (select k.id from care_contact k where k.household_id = t.household_id and k.way = 'visit'
        and k.undone_at is null and k.at >= t.opened_at and k.recorded_at <= t.closed_at order by k.at desc limit 1) k on true
      where t.kind = 'look_in' and ${which.lookIns}
    )
    select i.id, i.kind, h.id as "householdId", h.code, h.salutation, h.building, h.unit, h.floor, h.room, h.phone,
      coalesce(named.id, goes.id) as "ownerId", coalesce(named.name, goes.name) as owner,
      i.occasion, o.name as "occasionName", i.service, i.note, i.due_on as "dueOn", i.missed_since as "missedSince",
      i.state, i.reason, away.until_on as "awayUntil",
      exists (select from alert a where a.household_id = h.id and a.status <> 'closed') as "alertOpen",
      case when i.state = 'done' then i.settled_at end as "doneAt", i.done_by as "doneBy", who.name as "donePerson",
      k.note as "doneNote", i.contact_id as "contactId"
    from item i join household h on h.id = i.household_id and h.removed_at is null
    left join person named on named.id = i.owner_id and named.removed_at is null
    left join care_occasion o on o.community_id = h.community_id and o.code = i.occasion
    left join care_contact k on k.id = i.contact_id left join person who on who.id = k.person_id
    left join lateral (
      select coalesce(s.id, p.id) as id, coalesce(s.name, p.name) as name
      from assignment a join person p on p.id = a.person_id and p.removed_at is null
      left join absence x on x.person_id = p.id and x.cancelled_at is null and x.from_time is null
        and ${date}::date between x.from_on and x.until_on
      left join person s on s.id = x.stand_in_id and s.removed_at is null
      where a.household_id = h.id and a.role in ('primary', 'backup')
      order by x.id is not null and s.id is null, a.role = 'backup', a.position, p.id limit 1
    ) goes on true
    left join lateral (select max(l.until_on) as until_on from leave l where l.household_id = h.id
      and l.cancelled_at is null and ${date}::date between l.from_on and l.until_on) away on true
    order by h.code, i.missed_since is null, i.due_on, i.opened_at, i.id`.execute(db);
  return rows
    .map((row) => ({ ...row, doneAt: isoOrNull(row.doneAt) }))
    .sort(
      (a, b) =>
        compareOnWalk(a, b) || (a.householdId < b.householdId ? -1 : a.householdId > b.householdId ? 1 : 0),
    );
}
