import { type RawBuilder, sql } from 'kysely';
import type { MonthNumbers } from '#contracts/http/report.ts';
import type { Db } from '#store/database.ts';

export type MonthOf = { communityId: string; month: string };

/**
 * Each home's every day told from what sensors, stewards and the register said, without the ledger: a second,
 * plain reading in SQL. It knows no other pact than 04:00 to 08:00 every day, in Shanghai.
 */
const homeDays = ({ communityId, month }: MonthOf): RawBuilder<unknown> => sql`
  home_day as (
    select x.*, case
      when excuse is not null then 'excused' when opened_at <= deadline then 'kept'
      when visited then 'visited' when opened_at > deadline then 'kept_late' else 'unresolved' end as closed_as
    from (
      select h.id, h.code, g.name as grid, day::date as on_date,
        (day + interval '8 hours') at time zone 'Asia/Shanghai' as deadline,
        case when p.from_on > day::date or p.until_on < day::date then 'not_in_force'
          when exists (select from leave l where l.household_id = h.id and l.cancelled_at is null
            and day::date between l.from_on and l.until_on) then 'on_leave' end as excuse,
        (select min(e.at) from event e where e.household_id = h.id and e.type = 'opened'
          and e.at >= (day + interval '4 hours') at time zone 'Asia/Shanghai'
          and e.at < (day + interval '24 hours') at time zone 'Asia/Shanghai') as opened_at,
        exists (select from visit v join alert a on a.id = v.alert_id
          where a.household_id = h.id and a.on_date = day::date) as visited
      from household h join grid g on g.id = h.grid_id join pact p on p.household_id = h.id,
        generate_series(${`${month}-01`}::timestamp, ${`${month}-01`}::timestamp + interval '1 month - 1 day', '1 day') as day
      where h.community_id = ${communityId} and not h.is_canary
    ) x
  )`;

/** How far the alert of each missed day came, from its own log. */
const times = sql`
  time as (
    select d.grid, d.closed_as, a.outcome,
      extract(epoch from (select min(coalesce(m.accepted_at, list.accepted_at)) from message m
        left join message list on list.id = m.envelope_id where m.alert_id = a.id and m.kind = 'page') - d.deadline)::float8 as paged,
      extract(epoch from (select min(at) from alert_entry where alert_id = a.id and kind in ('acknowledged', 'arrived')) - d.deadline)::float8 as acknowledged,
      extract(epoch from (select min(at) from alert_entry where alert_id = a.id and kind in ('arrived', 'outcome_recorded')) - d.deadline)::float8 as door
    from home_day d join alert a on a.household_id = d.id and a.on_date = d.on_date
    where d.closed_as in ('kept_late', 'visited', 'unresolved')
  )`;

export type PlainNumbers = {
  /** Null for the whole community. */
  grid: string | null;
  enrolled: number;
  kept: number;
  keptLate: number;
  visited: number;
  excused: number;
  unresolved: number;
  onLeave: number;
  notInForce: number;
  onTimePercent: number;
  alerts: number;
  medianPaged: number | null;
  needed: number;
  medianAcknowledged: number | null;
  acknowledgedIn3: number;
  toDoor: number;
  medianDoor: number | null;
  doorIn15: number;
  doorIn30: number;
  benign: number;
  benignPer45: number;
  safe: number;
  helped: number;
  died: number;
  sensors: number;
  uptimePercent: number;
};

/** The numbers of each grid and of the community. */
export async function plainNumbers(db: Db, of: MonthOf): Promise<PlainNumbers[]> {
  const { rows } = await sql<PlainNumbers>`
    with ${homeDays(of)}, ${times}, span as (
      select ${`${of.month}-01`}::timestamp at time zone 'Asia/Shanghai' as start,
        (${`${of.month}-01`}::timestamp + interval '1 month') at time zone 'Asia/Shanghai' as finish
    ), days as (
      select grid, count(*)::int as enrolled,
        count(*) filter (where closed_as = 'kept')::int as kept,
        count(*) filter (where closed_as = 'kept_late')::int as "keptLate",
        count(*) filter (where closed_as = 'visited')::int as visited,
        count(*) filter (where closed_as = 'excused')::int as excused,
        count(*) filter (where closed_as = 'unresolved')::int as unresolved,
        count(*) filter (where excuse = 'on_leave')::int as "onLeave",
        count(*) filter (where excuse = 'not_in_force')::int as "notInForce",
        round(100.0 * count(*) filter (where closed_as = 'kept') / count(*) filter (where excuse is null), 1)::float8 as "onTimePercent"
      from home_day group by grouping sets ((grid), ())
    ), answers as (
      select grid, count(*)::int as alerts,
        percentile_cont(0.5) within group (order by paged)::float8 as "medianPaged",
        count(*) filter (where closed_as <> 'kept_late' or acknowledged is not null)::int as needed,
        percentile_cont(0.5) within group (order by acknowledged)::float8 as "medianAcknowledged",
        coalesce(round(100.0 * count(*) filter (where acknowledged <= 180)
          / nullif(count(*) filter (where closed_as <> 'kept_late' or acknowledged is not null), 0), 1), 100)::float8 as "acknowledgedIn3",
        count(*) filter (where closed_as <> 'kept_late')::int as "toDoor",
        percentile_cont(0.5) within group (order by door) filter (where closed_as <> 'kept_late')::float8 as "medianDoor",
        coalesce(round(100.0 * count(*) filter (where closed_as <> 'kept_late' and door <= 900)
          / nullif(count(*) filter (where closed_as <> 'kept_late'), 0), 1), 100)::float8 as "doorIn15",
        coalesce(round(100.0 * count(*) filter (where closed_as <> 'kept_late' and door <= 1800)
          / nullif(count(*) filter (where closed_as <> 'kept_late'), 0), 1), 100)::float8 as "doorIn30",
        count(*) filter (where closed_as = 'kept_late' or outcome = 'safe')::int as benign,
        count(*) filter (where outcome = 'safe')::int as safe, count(*) filter (where outcome = 'helped')::int as helped,
        count(*) filter (where outcome = 'died')::int as died
      from time group by grouping sets ((grid), ())
    ), heard as (
      select g.name as grid, count(distinct s.id)::int as sensors,
        round(100 - 100 * coalesce(sum(extract(epoch from least(t.closed_at, finish) - greatest(t.opened_at, start))) filter (where t.id is not null), 0)
          / (count(distinct s.id) * extract(epoch from finish - start)), 1)::float8 as "uptimePercent"
      from span, sensor s join household h on h.id = s.household_id join grid g on g.id = h.grid_id
        left join ticket t on t.sensor_id = s.id and t.kind = 'silent'
      where h.community_id = ${of.communityId} and not h.is_canary
      group by grouping sets ((g.name, start, finish), (start, finish))
    )
    select d.*, coalesce(alerts, 0) as alerts, "medianPaged", coalesce(needed, 0) as needed, "medianAcknowledged",
      coalesce("acknowledgedIn3", 100) as "acknowledgedIn3", coalesce("toDoor", 0) as "toDoor", "medianDoor",
      coalesce("doorIn15", 100) as "doorIn15", coalesce("doorIn30", 100) as "doorIn30", coalesce(benign, 0) as benign,
      coalesce(round(benign::numeric / enrolled * 45, 2), 0)::float8 as "benignPer45",
      coalesce(safe, 0) as safe, coalesce(helped, 0) as helped, coalesce(died, 0) as died, sensors, "uptimePercent"
    from days d left join answers a on a.grid is not distinct from d.grid
      left join heard on heard.grid is not distinct from d.grid
    order by d.grid nulls last`.execute(db);
  return rows;
}

/** The report's numbers under the names that the plain reading has. */
export function inPlainNames(
  grid: string | null,
  { counts, responses, ...numbers }: MonthNumbers,
): PlainNumbers {
  const { paged, acknowledged, door, outcomes } = responses;
  const { enrolled, kept, keptLate, visited, excused, unresolved } = counts;
  const [within3] = acknowledged.within;
  const [within15, within30] = door.within;
  return {
    ...{ grid, enrolled, kept, keptLate, visited, excused, unresolved },
    onLeave: numbers.excusedBy.on_leave ?? 0,
    notInForce: numbers.excusedBy.not_in_force ?? 0,
    onTimePercent: numbers.onTimePercent,
    alerts: responses.alerts,
    medianPaged: paged.medianSeconds,
    needed: acknowledged.count,
    medianAcknowledged: acknowledged.medianSeconds,
    acknowledgedIn3: within3?.percent ?? Number.NaN,
    toDoor: door.count,
    medianDoor: door.medianSeconds,
    doorIn15: within15?.percent ?? Number.NaN,
    doorIn30: within30?.percent ?? Number.NaN,
    benign: responses.benign,
    benignPer45: responses.benignPer45,
    safe: outcomes.safe ?? 0,
    helped: outcomes.helped ?? 0,
    died: outcomes.died ?? 0,
    sensors: numbers.sensors.inUse,
    uptimePercent: numbers.sensors.uptimePercent,
  };
}

export type PlainDay = { code: string; date: string; closedAs: string; openedMinute: number | null };

/** How each home's every day ended, and when its curtain was opened. */
export async function plainDays(db: Db, of: MonthOf): Promise<PlainDay[]> {
  const { rows } = await sql<PlainDay>`
    with ${homeDays(of)}
    select code, on_date::text as date, closed_as as "closedAs",
      case when closed_as in ('kept', 'kept_late') then
        floor(extract(epoch from (opened_at at time zone 'Asia/Shanghai')::time) / 60)::int end as "openedMinute"
    from home_day order by code, on_date`.execute(db);
  return rows;
}

export type PlainLoad = { name: string; pages: number; acknowledged: number; visits: number };

/** What each steward had to do, of those who had something. */
export async function plainLoad(db: Db, { communityId, month }: MonthOf): Promise<PlainLoad[]> {
  const { rows } = await sql<PlainLoad>`
    select p.name,
      count(distinct m.alert_id)::int as pages,
      count(distinct e.alert_id)::int as acknowledged,
      count(distinct v.id)::int as visits
    from person p join alert a on a.community_id = p.community_id and to_char(a.on_date, 'YYYY-MM') = ${month}
      left join message m on m.alert_id = a.id and m.person_id = p.id and m.kind = 'page' and m.failure is distinct from 'stood_down'
      left join alert_entry e on e.alert_id = a.id and e.person_id = p.id and e.kind in ('acknowledged', 'arrived')
      left join visit v on v.alert_id = a.id and v.person_id = p.id
    where p.community_id = ${communityId} and p.kind = 'steward'
    group by p.id, p.name having count(m.id) + count(e.id) + count(v.id) > 0
    order by p.name`.execute(db);
  return rows;
}
