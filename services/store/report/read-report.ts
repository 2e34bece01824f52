import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import type { MonthReport, Responses } from '#contracts/http/report.ts';
import type { LedgerCounts } from '#contracts/http/today.ts';
import { benignPer45, percentOf, RESPONSE_TARGETS, responseTimes } from '#pact/response-times.ts';
import { localDateAt } from '#pact/time-zone.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { readLedger, readLedgerByGrid } from '../ledger/read-ledger.ts';

type Community = { id: string; name: string; timeZone: string };

/**
 * A community's month up to yesterday, or to its end where it is over, all of one moment.
 * @param month YYYY-MM
 */
export async function readReport(
  db: Db,
  community: Community,
  month: string,
  now: Temporal.Instant,
): Promise<MonthReport> {
  const first = Temporal.PlainYearMonth.from(month);
  const from = first.toPlainDate({ day: 1 });
  const last = first.toPlainDate({ day: first.daysInMonth });
  const yesterday = localDateAt(now, community.timeZone).subtract({ days: 1 });
  const to = Temporal.PlainDate.compare(last, yesterday) < 0 ? last : yesterday;
  const of = { communityId: community.id, from: from.toString(), to: to.toString() };
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx): Promise<MonthReport> => {
      const days = await readLedger(tx, of);
      const counts = sumOf(days.map((day) => day.counts));
      const alerts = await readAlertRecords(tx, of);
      const byGrid = await readLedgerByGrid(tx, of);
      return {
        communityId: community.id,
        community: community.name,
        month,
        from: of.from,
        to: of.to,
        counts,
        onTimePercent: percentOf(counts.kept, counts.enrolled - counts.excused - counts.awaiting),
        days: days.toReversed(),
        responses: responsesOf(alerts, counts.enrolled),
        sensors: await readUptime(tx, of, community.timeZone, now),
        stewards: await readLoad(tx, of),
        grids: byGrid.map(({ grid, counts: theirs }) => ({
          grid,
          counts: theirs,
          responses: responsesOf(
            alerts.filter((alert) => alert.grid === grid),
            theirs.enrolled,
          ),
        })),
      };
    });
}

const NONE: LedgerCounts = {
  enrolled: 0,
  awaiting: 0,
  kept: 0,
  keptLate: 0,
  visited: 0,
  excused: 0,
  unresolved: 0,
  unprotected: 0,
};

const sumOf = (all: readonly LedgerCounts[]): LedgerCounts =>
  all.reduce((sum, counts) => {
    const columns = Object.keys(NONE) as (keyof LedgerCounts)[];
    return Object.fromEntries(columns.map((name) => [name, sum[name] + counts[name]])) as LedgerCounts;
  }, NONE);

type AlertRecord = {
  grid: string;
  /** Seconds after the deadline. */
  paged: number | null;
  acknowledged: number | null;
  door: number | null;
  outcome: string | null;
  status: string;
  closedBy: string | null;
};

type Span = { communityId: string; from: string; to: string };

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

function responsesOf(alerts: readonly AlertRecord[], homeDays: number): Responses {
  const needed = alerts.filter((alert) => alert.closedBy !== 'signal' || alert.acknowledged !== null);
  const seconds = (name: 'paged' | 'acknowledged' | 'door', list: readonly AlertRecord[]) =>
    list.map((alert) => alert[name] ?? undefined);
  const outcomes = Map.groupBy(
    alerts.flatMap(({ outcome }) => outcome ?? []),
    (outcome) => outcome,
  );
  const benign = alerts.filter(
    ({ outcome, closedBy }) => closedBy === 'signal' || outcome === 'safe' || outcome === 'away',
  );
  return {
    alerts: alerts.length,
    paged: responseTimes(seconds('paged', alerts), []),
    acknowledged: responseTimes(seconds('acknowledged', needed), RESPONSE_TARGETS.acknowledged),
    door: responseTimes(
      seconds(
        'door',
        needed.filter(({ closedBy }) => closedBy !== 'signal'),
      ),
      RESPONSE_TARGETS.door,
    ),
    endedBySignal: alerts.filter(({ closedBy }) => closedBy === 'signal').length,
    open: alerts.filter(({ status }) => status !== 'closed').length,
    outcomes: Object.fromEntries([...outcomes].map(([outcome, list]) => [outcome, list.length])),
    benign: benign.length,
    benignPer45: benignPer45(benign.length, homeDays),
  };
}

/** The share of the days' time in which sensors in use were not silent, by the tickets that silence opens. */
async function readUptime(tx: Tx, { communityId, from, to }: Span, timeZone: string, now: Temporal.Instant) {
  const instantOf = (date: string, days: number) =>
    toDate(Temporal.PlainDate.from(date).add({ days }).toZonedDateTime(timeZone).toInstant());
  const [start, end] = [instantOf(from, 0), instantOf(to, 1)];
  const { rows } = await sql<{ inUse: number; usedSeconds: number; silentSeconds: number }>`
    with used as (
      select s.id, greatest(s.enrolled_at, ${start}::timestamptz) as since,
        least(coalesce(s.retired_at, ${end}::timestamptz), ${end}::timestamptz, ${toDate(now)}::timestamptz) as until
      from sensor s join household h on h.id = s.household_id
      where h.community_id = ${communityId} and not h.is_canary
    ), counted as (select * from used where until > since)
    select count(*)::int as "inUse",
      coalesce(sum(extract(epoch from u.until - u.since)), 0)::float8 as "usedSeconds",
      coalesce(sum(silent.seconds), 0)::float8 as "silentSeconds"
    from counted u left join lateral (
      select sum(extract(epoch from least(coalesce(t.closed_at, u.until), u.until) - greatest(t.opened_at, u.since))) as seconds
      from ticket t where t.sensor_id = u.id and t.kind = 'silent'
        and t.opened_at < u.until and coalesce(t.closed_at, u.until) > u.since
    ) silent on true`.execute(tx);
  const { inUse, usedSeconds, silentSeconds } = rows[0]!;
  return { inUse, uptimePercent: percentOf(usedSeconds - silentSeconds, usedSeconds) };
}

/** What each steward had to do, the most first. */
async function readLoad(tx: Tx, { communityId, from, to }: Span): Promise<MonthReport['stewards']> {
  const { rows } = await sql<MonthReport['stewards'][number]>`
    select p.id as "personId", p.name,
      (select count(distinct a.household_id)::int from assignment a where a.person_id = p.id and a.role = 'primary') as homes,
      (select count(distinct m.alert_id)::int from message m join alert a on a.id = m.alert_id
        where m.person_id = p.id and m.kind = 'page' and m.failure is distinct from 'stood_down'
          and a.on_date between ${from} and ${to}) as pages,
      (select count(distinct e.alert_id)::int from alert_entry e join alert a on a.id = e.alert_id
        where e.person_id = p.id and e.kind in ('acknowledged', 'arrived') and a.on_date between ${from} and ${to}) as acknowledged,
      (select count(*)::int from visit v join household h on h.id = v.household_id join community c on c.id = h.community_id
        where v.person_id = p.id and (v.visited_at at time zone c.time_zone)::date between ${from} and ${to}) as visits
    from person p where p.community_id = ${communityId} and p.kind = 'steward' and p.removed_at is null
    order by pages desc, visits desc, p.name, p.id`.execute(tx);
  return rows;
}
