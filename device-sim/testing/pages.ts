import { sql } from 'kysely';
import type { Db } from '#store/database.ts';

/** Codes of the homes for which a page lies in the outbox, in order. */
export async function findPagedCodes(db: Db): Promise<string[]> {
  const { rows } = await sql<{ code: string }>`
    select distinct h.code from outbox o join message m on coalesce(m.envelope_id, m.id) = o.message_id
    join alert a on a.id = m.alert_id join household h on h.id = a.household_id
    where m.kind = 'page' and not h.is_canary order by 1`.execute(db);
  return rows.map((row) => row.code);
}

/** Messages that no gateway has answered for yet. */
export async function findUnsentPages(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from message where direction = 'out' and state in ('planned', 'sending')`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}

/** Codes of the homes that have an alert, each as often as it has one. */
export async function findAlertedCodes(db: Db): Promise<string[]> {
  const { rows } = await sql<{ code: string }>`
    select h.code from alert a join household h on h.id = a.household_id
    where not h.is_canary order by 1`.execute(db);
  return rows.map((row) => row.code);
}

/** For each of a ladder's first four steps: how many alerts reached it, and how many pages lie in the outbox. */
export async function findStepsPaged(db: Db): Promise<{ step: number; alerts: number; pages: number }[]> {
  const { rows } = await sql<{ step: number; alerts: number; pages: number }>`
    select m.step, count(distinct m.alert_id) as alerts, count(*) as pages
    from outbox o join message m on coalesce(m.envelope_id, m.id) = o.message_id
    join alert a on a.id = m.alert_id join household h on h.id = a.household_id and not h.is_canary
    where m.kind = 'page' and m.step <= 3 group by m.step order by 1`.execute(db);
  return rows;
}
