import { type RawBuilder, sql } from 'kysely';
import type { LedgerDay, LedgerHome } from '#contracts/http/ledger.ts';
import type { LedgerCounts } from '#contracts/http/today.ts';
import type { Db, Tx } from '../database.ts';
import { isHomeOf } from '../register/home-of.ts';
import { iso, isoOrNull } from '../today/iso.ts';
import { isShownOn } from './homes-on.ts';

/**
 * Every day row falls into exactly one column: the schema ties `awaiting` to a day that is not closed (invariant
 * 2). A home with a pact whose day is not opened yet awaits too, as `homeStateOf` says; the others are beside it.
 */
const columnsOf = (opened: RawBuilder<unknown>) => {
  const isUnderPact = sql`(d.household_id is not null or p.id is not null and not ${opened})`;
  return sql`
  count(*) filter (where ${isUnderPact})::int as enrolled,
  count(*) filter (where ${isUnderPact} and d.closed_as is null)::int as awaiting,
  count(*) filter (where d.closed_as = 'kept')::int as kept,
  count(*) filter (where d.closed_as = 'kept_late')::int as "keptLate",
  count(*) filter (where d.closed_as = 'visited')::int as visited,
  count(*) filter (where d.closed_as = 'excused')::int as excused,
  count(*) filter (where d.closed_as = 'unresolved')::int as unresolved,
  count(*) filter (where not ${isUnderPact})::int as unprotected`;
};

/** One date's ledger, and the homes beside it. `opened` as `wereDaysOpened` says. */
export async function readCounts(
  db: Db | Tx,
  of: { communityId: string; date: string; opened: boolean; stewardId?: string | undefined },
): Promise<LedgerCounts> {
  const { rows } = await sql<LedgerCounts>`
    select ${columnsOf(sql`${of.opened}::boolean`)}
    from household h join community c on c.id = h.community_id
    left join pact_day d on d.household_id = h.id and d.on_date = ${of.date}
    left join pact p on p.household_id = h.id
    where h.community_id = ${of.communityId} and ${isShownOn(sql`${of.date}`)}
      and ${isHomeOf(of.stewardId, sql`h.id`)}`.execute(db);
  return rows[0]!;
}

/** The ledgers of the days from `from` to `to`, both included, the newest first; dates that were not opened are left out. */
export async function readLedger(
  db: Db | Tx,
  of: { communityId: string; from: string; to: string },
): Promise<LedgerDay[]> {
  const { rows } = await sql<LedgerCounts & { date: string }>`
    with day as (
      select distinct on_date from pact_day
      where community_id = ${of.communityId} and on_date between ${of.from} and ${of.to}
    )
    select day.on_date as date, ${columnsOf(sql`true`)}
    from day join community c on c.id = ${of.communityId} join household h on h.community_id = c.id
    left join pact_day d on d.household_id = h.id and d.on_date = day.on_date
    left join pact p on p.household_id = h.id
    where ${isShownOn(sql`day.on_date`)}
    group by day.on_date order by day.on_date desc`.execute(db);
  return rows.map(({ date, ...counts }) => ({ date, counts }));
}

/** The same days together, for each grid that had a home in them, by name. */
export async function readLedgerByGrid(
  db: Db | Tx,
  of: { communityId: string; from: string; to: string },
): Promise<{ grid: string; counts: LedgerCounts }[]> {
  const { rows } = await sql<LedgerCounts & { grid: string }>`
    with day as (
      select distinct on_date from pact_day
      where community_id = ${of.communityId} and on_date between ${of.from} and ${of.to}
    )
    select g.name as grid, ${columnsOf(sql`true`)}
    from day join community c on c.id = ${of.communityId} join household h on h.community_id = c.id
    join grid g on g.id = h.grid_id
    left join pact_day d on d.household_id = h.id and d.on_date = day.on_date
    left join pact p on p.household_id = h.id
    where ${isShownOn(sql`day.on_date`)}
    group by g.id, g.name order by g.name`.execute(db);
  return rows.map(({ grid, ...counts }) => ({ grid, counts }));
}

/** Every home's line of one day, in the order of their codes. */
export async function readLedgerHomes(db: Db | Tx, communityId: string, date: string): Promise<LedgerHome[]> {
  type Row = Omit<LedgerHome, 'deadlineAt' | 'proofAt'> & { deadlineAt: Date; proofAt: Date | null };
  const { rows } = await sql<Row>`
    select h.id as "householdId", h.code, h.salutation, g.name as grid, d.verdict, d.reason,
      d.closed_as as "closedAs", d.deadline_at as "deadlineAt", d.proof_at as "proofAt", d.proof_kind as "proofKind",
      d.alert_id as "alertId", a.outcome
    from pact_day d
    join household h on h.id = d.household_id
    join grid g on g.id = h.grid_id
    left join alert a on a.id = d.alert_id
    where d.community_id = ${communityId} and d.on_date = ${date} and not h.is_canary
    order by h.code`.execute(db);
  return rows.map((row) => ({ ...row, deadlineAt: iso(row.deadlineAt), proofAt: isoOrNull(row.proofAt) }));
}
