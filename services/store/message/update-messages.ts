import { type RawBuilder, sql } from 'kysely';
import { markAlert } from '#platform/tracing.ts';
import { announceAll } from '../change-feed.ts';
import type { Tx } from '../database.ts';

type Changed = { id: string; state: string; alertId: string; communityId: string; householdId: string };

/**
 * Changes messages that are locked, and tells the boards of those that belong to an alert; a message for no home known is
 * shown nowhere.
 * @param update an update of `message m`
 * @returns the ids of those that it changed
 */
export async function updateMessages(tx: Tx, update: RawBuilder<unknown>): Promise<string[]> {
  const { rows } = await sql<Changed | { id: string; alertId: null }>`
    with changed as (${update} returning m.id, m.state, m.alert_id)
    select c.id, c.state, a.id as "alertId", a.community_id as "communityId", a.household_id as "householdId"
    from changed c left join alert a on a.id = c.alert_id order by c.id`.execute(tx);
  const told = rows.filter((row): row is Changed => row.alertId !== null);
  for (const mark of new Set(told.map(({ alertId, state }) => `${alertId} ${state}`))) {
    const [alertId = '', state] = mark.split(' ');
    markAlert(alertId, `message.${state}`);
  }
  await announceAll(tx, told);
  return rows.map(({ id }) => id);
}
