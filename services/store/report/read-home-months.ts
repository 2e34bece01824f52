import { sql } from 'kysely';
import type { HomeMonth } from '#contracts/http/report.ts';
import { middleHalf } from '#pact/rhythm.ts';
import type { Tx } from '../database.ts';
import type { Span } from './read-grid-facts.ts';

type Row = Omit<HomeMonth, 'days' | 'middleHalf'> & HomeMonth['days'][number];

/** Every home that had a day in the span, or only the one named, with each of its days, in the order of their codes. */
export async function readHomeMonths(
  tx: Tx,
  of: Span,
  householdId: string | null = null,
): Promise<HomeMonth[]> {
  const { rows } = await sql<Row>`
    select h.id as "householdId", h.code, h.salutation, g.name as grid, d.on_date as date, d.closed_as as "closedAs", d.reason,
      case when d.closed_as in ('kept', 'kept_late') and coalesce(d.proof_kind, 'opened') = 'opened'
        then floor(extract(epoch from (d.proof_at at time zone c.time_zone)::time) / 60)::int end as "openedMinute",
      floor(extract(epoch from (d.deadline_at at time zone c.time_zone)::time) / 60)::int as "deadlineMinute"
    from pact_day d join household h on h.id = d.household_id join grid g on g.id = h.grid_id
    join community c on c.id = d.community_id
    where d.community_id = ${of.communityId} and d.on_date between ${of.from} and ${of.to} and not h.is_canary
      and (${householdId}::uuid is null or h.id = ${householdId})
    order by h.code, h.id, d.on_date`.execute(tx);
  return [...Map.groupBy(rows, ({ householdId }) => householdId).values()].map((days) => {
    const { householdId: id, code, salutation, grid } = days[0]!;
    return {
      ...{ householdId: id, code, salutation, grid },
      middleHalf: middleHalf(days.flatMap(({ openedMinute }) => openedMinute ?? [])) ?? null,
      days: days.map(({ date, closedAs, reason, openedMinute, deadlineMinute }) => ({
        ...{ date, closedAs, reason, openedMinute, deadlineMinute },
      })),
    };
  });
}
