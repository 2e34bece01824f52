import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { OUTCOMES_MET } from '#pact/care.ts';
import {
  DRIFT_DAYS,
  DRIFT_REST_DAYS,
  DRIFT_WITHIN_DAYS,
  type Drift,
  type DriftDay,
  findDrift,
} from '#pact/drift.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';

const CHUNK = 500;

/**
 * Looks for a drift in up to `limit` homes of one date that was opened, and asks for a must-visit where there is one, with
 * the days that say why. Once: while that visit is open, and for weeks after it, the same home raises none. Piece by piece,
 * so that no deadline waits for it; two processes never take the same date at once.
 * @returns whether more may be left
 */
export async function watchDrifts(db: Db, now: Temporal.Instant, limit = CHUNK): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const date = await takeDate(tx, now);
    if (!date) return false;
    const ids = await nextHomes(tx, date, limit);
    const days = await readDays(tx, date, ids);
    const today = Temporal.PlainDate.from(date.onDate);
    const found = ids.flatMap((householdId) => {
      const own = days.get(householdId) ?? [];
      const drift = findDrift(own, today);
      return drift ? [{ householdId, drift, days: own }] : [];
    });
    await raise(tx, date, found, now);
    await tx
      .updateTable('care_day')
      .set(ids.length < limit ? { drift_at: toDate(now) } : { drift_upto: ids.at(-1) ?? date.after })
      .where('community_id', '=', date.communityId)
      .where('on_date', '=', date.onDate)
      .execute();
    return true;
  });
}

type OpenedDate = { communityId: string; onDate: string; timeZone: string; after: string | null };

/** Today of a community whose homes have not all been looked at; the days of a downtime are not looked at any more. */
async function takeDate(tx: Tx, now: Temporal.Instant): Promise<OpenedDate | undefined> {
  const { rows } = await sql<OpenedDate>`
    select o.community_id as "communityId", o.on_date as "onDate", c.time_zone as "timeZone", o.drift_upto as after
    from care_day o join community c on c.id = o.community_id
    where o.drift_at is null and o.on_date = (${toDate(now)}::timestamptz at time zone c.time_zone)::date
    order by o.community_id limit 1 for update of o skip locked`.execute(tx);
  return rows[0];
}

/** The next homes by their keys that are not away, and of which no drift was raised lately. */
async function nextHomes(
  tx: Tx,
  { communityId, onDate, after }: OpenedDate,
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select h.id from household h
    where h.community_id = ${communityId} and h.removed_at is null and not h.is_canary
      and (${after}::uuid is null or h.id > ${after}::uuid)
      and not exists (select from leave l where l.household_id = h.id and l.cancelled_at is null
        and ${onDate}::date between l.from_on and l.until_on)
      and not exists (select from care_task t where t.household_id = h.id and t.evidence is not null
        and (t.state = 'open' or t.settled_on > ${onDate}::date - ${DRIFT_REST_DAYS}::int))
    order by h.id limit ${limit}`.execute(tx);
  return rows.map(({ id }) => id);
}

type Row = { householdId: string; onDate: string; minute: number | null; contacts: number };

/** The days of each home on which somebody was to be seen or heard: in the pact and not excused, or by a plan of care. */
async function readDays(
  tx: Tx,
  { onDate, timeZone }: OpenedDate,
  ids: readonly string[],
): Promise<Map<string, DriftDay[]>> {
  const from = sql`(${onDate}::date - ${DRIFT_DAYS}::int)`;
  const localDay = (column: string) => sql`(${sql.ref(column)} at time zone ${timeZone})::date`;
  const since = sql`(${from}::timestamp at time zone ${timeZone})`;
  const until = sql`(${onDate}::timestamp at time zone ${timeZone})`;
  const { rows } = await sql<Row>`
    with expected as (
      select household_id, on_date from pact_day
      where household_id = any (${ids}::uuid[]) and on_date >= ${from} and on_date < ${onDate} and verdict <> 'excused'
      union
      select household_id, due_on from care_task
      where household_id = any (${ids}::uuid[]) and due_on >= ${from} and due_on < ${onDate}
        and plan_id is not null and state <> 'excused'
    ), contact as (
      select household_id, ${localDay('at')} as on_date from event
      where household_id = any (${ids}::uuid[]) and opening and type in ('seen', 'called') and at >= ${since} and at < ${until}
      union all
      select household_id, ${localDay('visited_at')} from visit v
      where household_id = any (${ids}::uuid[]) and outcome = any (${OUTCOMES_MET}) and visited_at >= ${since}
        and visited_at < ${until} and not exists (select from visit w where w.corrects = v.id)
      union all
      select household_id, ${localDay('at')} from care_contact
      where household_id = any (${ids}::uuid[]) and way in ('visit', 'call') and undone_at is null and at >= ${since}
        and at < ${until}
    ), heard as (
      select household_id, on_date, count(*)::int as contacts from contact group by household_id, on_date
    )
    select x.household_id as "householdId", x.on_date as "onDate",
      case when o.is_opening then (extract(epoch from (o.proof_at at time zone ${timeZone})::time) / 60)::int end as minute,
      coalesce(k.contacts, 0) + case when o.is_opening then 1 else 0 end as contacts
    from expected x
    left join heard k on k.household_id = x.household_id and k.on_date = x.on_date
    left join lateral (
      select d.proof_at, coalesce(d.proof_kind, 'opened') = 'opened' as is_opening from pact_day d
      where d.household_id = x.household_id and d.on_date = x.on_date and d.closed_as in ('kept', 'kept_late')
        and d.proof_at is not null
    ) o on true
    order by x.household_id, x.on_date`.execute(tx);
  const days = new Map<string, DriftDay[]>();
  for (const { householdId, onDate: on, minute, contacts } of rows) {
    const day = { on: Temporal.PlainDate.from(on), minute: minute ?? undefined, contacts };
    days.set(householdId, [...(days.get(householdId) ?? []), day]);
  }
  return days;
}

type Found = { householdId: string; drift: Drift; days: readonly DriftDay[] };

async function raise(
  tx: Tx,
  { communityId, onDate }: OpenedDate,
  found: readonly Found[],
  now: Temporal.Instant,
): Promise<void> {
  if (found.length === 0) return;
  const dueOn = Temporal.PlainDate.from(onDate).add({ days: DRIFT_WITHIN_DAYS }).toString();
  await tx
    .insertInto('care_task')
    .values(
      found.map(({ householdId, drift, days }) => ({
        ...{
          id: randomUUID(),
          household_id: householdId,
          community_id: communityId,
          kind: 'must_visit' as const,
        },
        ...{ occasion: `drift_${drift.kind}`, from_on: onDate, due_on: dueOn, state: 'open' as const },
        ...{ opened_at: toDate(now), opened_by: 'rules' },
        evidence: JSON.stringify({
          ...drift,
          days: days.map(({ on, minute = null, contacts }) => ({ on: on.toString(), minute, contacts })),
        }),
      })),
    )
    .execute();
  await announce(tx, { communityId, householdIds: found.map(({ householdId }) => householdId) });
}
