import { sql } from 'kysely';
import type { VisitView } from '#contracts/http/visit.ts';
import type { Db } from '../database.ts';
import { isHomeOf } from '../register/home-of.ts';
import { iso } from './iso.ts';
import { cutPage, isAfter, type Page, type PageRequest } from './page.ts';

type Row = Omit<VisitView, 'visitedAt' | 'recordedAt'> & { visitedAt: Date; recordedAt: Date };

export type VisitFilter = {
  communityId?: string | undefined;
  householdId?: string | undefined;
  stewardId?: string | undefined;
};

/** Visits from the newest to the oldest. */
export async function listVisits(db: Db, filter: VisitFilter, page: PageRequest): Promise<Page<VisitView>> {
  const where = [
    isAfter(page.after, sql`v.visited_at`, sql`v.id`),
    isHomeOf(filter.stewardId, sql`v.household_id`),
    ...(filter.communityId ? [sql`h.community_id = ${filter.communityId}`] : []),
    ...(filter.householdId ? [sql`v.household_id = ${filter.householdId}`] : []),
  ];
  const { rows } = await sql<Row>`
    select v.id, v.household_id as "householdId", h.code, h.salutation, v.alert_id as "alertId", p.name as person,
      a.name as "recordedBy", v.outcome, v.note, v.visited_at as "visitedAt", v.recorded_at as "recordedAt"
    from visit v
    join household h on h.id = v.household_id
    left join person p on p.id = v.person_id
    left join account a on a.id = v.account_id
    where ${sql.join(where, sql` and `)}
    order by v.visited_at desc, v.id desc limit ${page.limit + 1}`.execute(db);
  return cutPage(
    rows,
    page.limit,
    (row) => ({ at: row.visitedAt, id: row.id }),
    (row) => ({ ...row, visitedAt: iso(row.visitedAt), recordedAt: iso(row.recordedAt) }),
  );
}
