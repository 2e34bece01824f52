import { sql } from 'kysely';
import type { LedgerDay, LedgerHome } from '#contracts/http/ledger.ts';
import type { LedgerCounts } from '#contracts/http/today.ts';
import type { Db, Tx } from '../database.ts';
import { iso, isoOrNull } from '../today/iso.ts';

/** Every day row falls into exactly one column: the schema ties `awaiting` to a day that is not closed (invariant 2). */
const COLUMNS = sql`
  count(*)::int as enrolled,
  count(*) filter (where closed_as is null)::int as awaiting,
  count(*) filter (where closed_as = 'kept')::int as kept,
  count(*) filter (where closed_as = 'kept_late')::int as "keptLate",
  count(*) filter (where closed_as = 'visited')::int as visited,
  count(*) filter (where closed_as = 'excused')::int as excused,
  count(*) filter (where closed_as = 'unresolved')::int as unresolved`;

/** There is one canary in a community, so that the condition costs one look-up and no join. */
const isNoCanary = (communityId: string) =>
  sql`household_id is distinct from (select id from household where community_id = ${communityId} and is_canary)`;

/** One day's ledger. */
export async function readCounts(db: Db | Tx, communityId: string, date: string): Promise<LedgerCounts> {
  const { rows } = await sql<LedgerCounts>`
    select ${COLUMNS} from pact_day
    where community_id = ${communityId} and on_date = ${date} and ${isNoCanary(communityId)}`.execute(db);
  return rows[0]!;
}

/** The ledgers of the days from `from` to `to`, both included, the newest first; days without a home are left out. */
export async function readLedger(
  db: Db | Tx,
  of: { communityId: string; from: string; to: string },
): Promise<LedgerDay[]> {
  const { rows } = await sql<LedgerCounts & { date: string }>`
    select on_date as date, ${COLUMNS} from pact_day
    where community_id = ${of.communityId} and on_date between ${of.from} and ${of.to} and ${isNoCanary(of.communityId)}
    group by on_date order by on_date desc`.execute(db);
  return rows.map(({ date, ...counts }) => ({ date, counts }));
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
