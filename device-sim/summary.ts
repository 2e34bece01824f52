import { sql } from 'kysely';
import type { Db } from '#store/database.ts';
import { type AcknowledgedEvent, checkAcknowledgedEvents } from './invariants.ts';
import { isEvent, type SentEvent } from './virtual-sensor.ts';

/** What `demo --once --json` prints. Latencies are milliseconds on the wall's clock. */
export type MorningSummary = {
  date: string;
  enrolled: number;
  ledger: { kept: number; keptLate: number; visited: number; excused: number; unresolved: number };
  events: { published: number; acknowledged: number; stored: number };
  pages: { sent: number; duplicate: number; missed: number };
  /** Shares count in the clock's time, as the people of the morning lived it. */
  ladder: { alerts: number; acknowledgedWithin3MinPct: number; outcomes: number; openAtEnd: number };
  latencyMs: { deadlineToPage: Percentiles; eventToStore: Percentiles };
  /** Of a mixed morning: what curtains with makers' devices did, and what of it is known. */
  makers?: MakersSummary;
  violations: string[];
};

export type MakersSummary = { devices: number; sources: number; opened: number; heard: number };

type Percentiles = { p50: number; p99: number };

export type SummaryInput = {
  date: string;
  /** How fast the clock ran against the wall while the pages were sent. */
  speed: number;
  sent: readonly SentEvent[];
  /** The ids of all that the provider accepted. */
  accepted: readonly string[];
  /** What the invariants found. */
  violations: readonly string[];
};

export async function summarise(
  db: Db,
  { date, speed, sent, accepted, violations }: SummaryInput,
): Promise<MorningSummary> {
  const events = sent.filter(isEvent);
  const acknowledged = events.filter((event) => event.ackMs !== undefined);
  const ledger = await countLedger(db, date);
  const all = [...violations, ...(await checkAcknowledgedEvents(db, acknowledged))];
  const sum = ledger.kept + ledger.keptLate + ledger.visited + ledger.excused + ledger.unresolved;
  if (sum !== ledger.enrolled) all.push(`The ledger adds up to ${sum} of ${ledger.enrolled} enrolled homes.`);
  const pageDelays = await findPageDelays(db, date);
  const { enrolled, ...columns } = ledger;
  return {
    date,
    enrolled,
    ledger: columns,
    events: {
      published: events.length,
      acknowledged: acknowledged.length,
      stored: await countStored(db, events),
    },
    pages: await countPages(db, date, accepted),
    ladder: await countLadder(db, date),
    latencyMs: {
      deadlineToPage: percentilesOf(pageDelays.map((delay) => delay / speed)),
      eventToStore: percentilesOf(acknowledged.flatMap((event) => event.ackMs ?? [])),
    },
    violations: all,
  };
}

type Ledger = MorningSummary['ledger'] & { enrolled: number };

async function countLedger(db: Db, date: string): Promise<Ledger> {
  const { rows } = await sql<Ledger>`
    select count(*) as enrolled,
      count(*) filter (where d.closed_as = 'kept') as kept,
      count(*) filter (where d.closed_as = 'kept_late') as "keptLate",
      count(*) filter (where d.closed_as = 'visited') as visited,
      count(*) filter (where d.closed_as = 'excused') as excused,
      count(*) filter (where d.closed_as = 'unresolved') as unresolved
    from household h join pact p on p.household_id = h.id
    left join pact_day d on d.household_id = h.id and d.on_date = ${date}
    where h.removed_at is null and not h.is_canary`.execute(db);
  return rows[0] ?? { enrolled: 0, kept: 0, keptLate: 0, visited: 0, excused: 0, unresolved: 0 };
}

async function countStored(db: Db, events: readonly AcknowledgedEvent[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count
    from unnest(${events.map((event) => event.sensorId)}::text[], ${events.map((event) => event.seq)}::bigint[]) as u(sensor, seq)
    where exists (select 1 from event e where e.sensor_id = u.sensor and e.seq = u.seq)`.execute(db);
  return rows[0]?.count ?? 0;
}

/**
 * Pages that the provider accepted, messages that it has and we know nothing of or know twice, and alerts that
 * paged nobody, but for one that a signal closed before its first page had left.
 */
async function countPages(
  db: Db,
  date: string,
  accepted: readonly string[],
): Promise<MorningSummary['pages']> {
  const { rows } = await sql<MorningSummary['pages']>`
    with page as (
      select m.alert_id, m.envelope_id, m.provider_id from message m join alert a on a.id = m.alert_id
      join household h on h.id = a.household_id and not h.is_canary
      where m.kind = 'page' and m.provider_id is not null and a.on_date = ${date}
    )
    select (select count(*) from page) as sent,
      (select count(*) from unnest(${[...accepted]}::text[]) as u(id) where (
        select count(distinct m.envelope_id) from message m where m.provider_id = u.id and m.direction = 'out') <> 1) as duplicate,
      (select count(*) from alert a join household h on h.id = a.household_id and not h.is_canary
        where a.on_date = ${date} and a.closed_by is distinct from 'signal' and not exists (
        select 1 from page where page.alert_id = a.id)) as missed`.execute(db);
  return rows[0] ?? { sent: 0, duplicate: 0, missed: 0 };
}

/** How the alerts of the morning went: 100 % where there was none. */
async function countLadder(db: Db, date: string): Promise<MorningSummary['ladder']> {
  const { rows } = await sql<{ alerts: number; answered: number; outcomes: number; openAtEnd: number }>`
    select count(*)::int as alerts, count(*) filter (where outcome is not null)::int as outcomes,
      count(*) filter (where status <> 'closed')::int as "openAtEnd",
      count(*) filter (where exists (
        select from alert_entry e where e.alert_id = a.id and e.kind in ('acknowledged', 'arrived', 'outcome_recorded')
          and e.at <= a.opened_at + interval '3 minutes'))::int as answered
    from alert a join household h on h.id = a.household_id and not h.is_canary where a.on_date = ${date}`.execute(
    db,
  );
  const { alerts = 0, answered = 0, outcomes = 0, openAtEnd = 0 } = rows[0] ?? {};
  const share = alerts === 0 ? 100 : (100 * answered) / alerts;
  return { alerts, acknowledgedWithin3MinPct: Math.round(share * 10) / 10, outcomes, openAtEnd };
}

/** Clock milliseconds from each alert's deadline to the first page that a gateway accepted. */
async function findPageDelays(db: Db, date: string): Promise<number[]> {
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from min(m.accepted_at) - a.deadline_at) * 1000)::float8 as ms
    from alert a join message m on m.alert_id = a.id and m.kind = 'page' and m.accepted_at is not null
    join household h on h.id = a.household_id and not h.is_canary
    where a.on_date = ${date} group by a.id, a.deadline_at`.execute(db);
  return rows.map((row) => row.ms);
}

/** Percentiles by nearest rank, to a hundredth of a millisecond; zeros where nothing was measured. */
export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return Math.round(value * 100) / 100;
  };
  return { p50: at(0.5), p99: at(0.99) };
}
