import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db, Tx } from '../database.ts';
import { toDate, toInstant } from '../instant.ts';

/** An alert that a phone was paged for, as a reply from that phone needs it. */
export type PagedAlert = {
  alertId: string;
  personId: string;
  householdId: string;
  code: string;
  communityId: string;
  language: 'zh-CN' | 'en';
  status: 'open' | 'acknowledged' | 'closed';
  openedAt: Temporal.Instant;
};

/** The alerts opened since `since` for which this phone got a page, open ones first, newest first. */
export async function findAlertsPagedTo(
  db: Db | Tx,
  phone: string,
  since: Temporal.Instant,
): Promise<PagedAlert[]> {
  const { rows } = await sql<Omit<PagedAlert, 'openedAt'> & { openedAt: Date }>`
    select distinct on (a.status = 'closed', a.opened_at, a.id) a.id as "alertId", m.person_id as "personId",
      a.household_id as "householdId", h.code, a.community_id as "communityId", c.language, a.status,
      a.opened_at as "openedAt"
    from message m join alert a on a.id = m.alert_id
    join household h on h.id = a.household_id join community c on c.id = a.community_id
    where m.phone = ${phone} and m.direction = 'out' and m.kind = 'page' and m.person_id is not null
      and a.opened_at >= ${toDate(since)} and not h.is_canary
    order by a.status = 'closed', a.opened_at desc, a.id, m.created_at desc`.execute(db);
  return rows.map((row) => ({ ...row, openedAt: toInstant(row.openedAt) }));
}
