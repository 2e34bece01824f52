import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import type { LedgerCounts } from '#contracts/http/today.ts';
import type { Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { readLedgerByGrid } from '../ledger/read-ledger.ts';

/** The days of a community that a report is about, both ends included. */
export type Span = { communityId: string; timeZone: string; from: string; to: string };

/** What a grid's numbers are made of: it can be put together with that of others, which medians cannot. */
export type GridFacts = {
  grid: string;
  counts: LedgerCounts;
  excusedBy: Readonly<Record<string, number>>;
  alerts: readonly AlertRecord[];
  sensors: SensorTime;
};

export type AlertRecord = {
  grid: string;
  /** Seconds after the deadline. */
  paged: number | null;
  acknowledged: number | null;
  door: number | null;
  outcome: string | null;
  status: string;
  closedBy: string | null;
};

export type SensorTime = { inUse: number; usedSeconds: number; silentSeconds: number };

const NO_SENSORS: SensorTime = { inUse: 0, usedSeconds: 0, silentSeconds: 0 };

/** The facts of every grid that had a home in those days, by name. */
export async function readGridFacts(tx: Tx, of: Span, now: Temporal.Instant): Promise<GridFacts[]> {
  const ledger = await readLedgerByGrid(tx, of);
  const excuses = await readExcuses(tx, of);
  const alerts = await readAlertRecords(tx, of);
  const sensors = await readSensorTime(tx, of, now);
  return ledger.map(({ grid, counts }) => ({
    grid,
    counts,
    excusedBy: Object.fromEntries(
      excuses.filter((excuse) => excuse.grid === grid).map(({ reason, count }) => [reason, count]),
    ),
    alerts: alerts.filter((alert) => alert.grid === grid),
    sensors: sensors.find((time) => time.grid === grid) ?? NO_SENSORS,
  }));
}

async function readExcuses(tx: Tx, { communityId, from, to }: Span) {
  const { rows } = await sql<{ grid: string; reason: string; count: number }>`
    select g.name as grid, d.reason, count(*)::int as count
    from pact_day d join household h on h.id = d.household_id join grid g on g.id = h.grid_id
    where d.community_id = ${communityId} and d.on_date between ${from} and ${to} and d.closed_as = 'excused'
      and d.reason is not null and not h.is_canary
    group by g.name, d.reason order by g.name, d.reason`.execute(tx);
  return rows;
}

/** One row for each alert of the days, with when it came how far. */
async function readAlertRecords(tx: Tx, { communityId, from, to }: Span): Promise<AlertRecord[]> {
  const { rows } = await sql<AlertRecord>`
    select g.name as grid, a.outcome, a.status, a.closed_by as "closedBy",
      extract(epoch from paged.at - a.deadline_at)::float8 as paged,
      extract(epoch from entry.acknowledged_at - a.deadline_at)::float8 as acknowledged,
      extract(epoch from entry.door_at - a.deadline_at)::float8 as door
    from alert a join household h on h.id = a.household_id join grid g on g.id = h.grid_id
    left join lateral (
      select min(coalesce(m.accepted_at, c.accepted_at)) as at from message m left join message c on c.id = m.envelope_id
      where m.alert_id = a.id and m.kind = 'page'
    ) paged on true
    left join lateral (
      select min(e.at) filter (where e.kind in ('acknowledged', 'arrived')) as acknowledged_at,
        min(e.at) filter (where e.kind in ('arrived', 'outcome_recorded')) as door_at
      from alert_entry e where e.alert_id = a.id
    ) entry on true
    where a.community_id = ${communityId} and a.on_date between ${from} and ${to} and not h.is_canary
    order by a.deadline_at, a.id`.execute(tx);
  return rows;
}

/** How long sensors were in use, and how long of it silent, by the tickets that silence opens. */
async function readSensorTime(
  tx: Tx,
  { communityId, timeZone, from, to }: Span,
  now: Temporal.Instant,
): Promise<(SensorTime & { grid: string })[]> {
  const instantOf = (date: string, days: number) =>
    toDate(Temporal.PlainDate.from(date).add({ days }).toZonedDateTime(timeZone).toInstant());
  const [start, end] = [instantOf(from, 0), instantOf(to, 1)];
  const { rows } = await sql<SensorTime & { grid: string }>`
    with used as (
      select s.id, g.name as grid, greatest(s.enrolled_at, ${start}::timestamptz) as since,
        least(coalesce(s.retired_at, ${end}::timestamptz), ${end}::timestamptz, ${toDate(now)}::timestamptz) as until
      from sensor s join household h on h.id = s.household_id join grid g on g.id = h.grid_id
      where h.community_id = ${communityId} and not h.is_canary
    ), counted as (select * from used where until > since)
    select u.grid, count(*)::int as "inUse",
      coalesce(sum(extract(epoch from u.until - u.since)), 0)::float8 as "usedSeconds",
      coalesce(sum(silent.seconds), 0)::float8 as "silentSeconds"
    from counted u left join lateral (
      select sum(extract(epoch from least(coalesce(t.closed_at, u.until), u.until) - greatest(t.opened_at, u.since))) as seconds
      from ticket t where t.sensor_id = u.id and t.kind = 'silent'
        and t.opened_at < u.until and coalesce(t.closed_at, u.until) > u.since
    ) silent on true
    group by u.grid`.execute(tx);
  return rows;
}
