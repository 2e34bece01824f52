import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { announce } from '../change-feed.ts';
import type { Tx } from '../database.ts';
import { toDate } from '../instant.ts';

/**
 * A page of step `step` will never arrive: the next step is due now (invariant 7). Not so when somebody goes
 * already, when an emergency has called everybody, when the ladder has moved on meanwhile, or when only the
 * last step is left to repeat: its own pace stays, else a dead number would page the others without pause.
 */
export async function hastenAlert(
  tx: Tx,
  alertId: string,
  step: number,
  now: Temporal.Instant,
): Promise<void> {
  const { rows } = await sql<{ communityId: string; householdId: string }>`
    update alert set next_step_at = ${toDate(now)}
    where id = ${alertId} and status = 'open' and emergency_at is null and next_step_at > ${toDate(now)}
      and next_step = ${step}::int + 1 and next_step - ladder_from < jsonb_array_length(ladder -> 'steps')
    returning community_id as "communityId", household_id as "householdId"`.execute(tx);
  for (const { communityId, householdId } of rows)
    await announce(tx, { communityId, householdIds: [householdId] });
}
