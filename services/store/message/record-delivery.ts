import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { announceAll } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { hastenAlert } from './hasten-alert.ts';

export type Accepted = { id: string; provider: string; providerId: string; at: Temporal.Instant };

/** Records what a provider accepted, many at once. What has been recorded meanwhile stays as it is. */
export async function markAccepted(db: Db, accepted: readonly Accepted[]): Promise<void> {
  if (accepted.length === 0) return;
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      update message m set state = 'accepted', accepted_at = u.at, settled_at = u.at, provider = u.provider,
        provider_id = u.provider_id, next_attempt_at = null, failure = null
      from unnest(
        ${accepted.map(({ id }) => id)}::uuid[], ${accepted.map(({ provider }) => provider)}::text[],
        ${accepted.map(({ providerId }) => providerId)}::text[], ${accepted.map(({ at }) => toDate(at))}::timestamptz[]
      ) as u(id, provider, provider_id, at)
      where m.id = u.id and m.state = 'sending' returning m.id`.execute(tx);
    await announceMessages(tx, rows);
  });
}

export type Failure = { id: string; failure: string } & (
  | { lasting: 'permanent' }
  /** `unknown`: the provider may have accepted it, so the next attempt begins by asking. */
  | { lasting: 'temporary' | 'unknown'; nextAttemptAt: Temporal.Instant }
);

/**
 * Records a failed attempt. One that will never go through moves the alert's ladder at once, in the same
 * transaction: a crash between the two would be a silent miss.
 */
export async function markFailed(db: Db, failed: Failure, now: Temporal.Instant): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const change =
      failed.lasting === 'permanent'
        ? { state: 'failed' as const, next_attempt_at: null, settled_at: toDate(now) }
        : {
            state: failed.lasting === 'unknown' ? ('sending' as const) : ('planned' as const),
            next_attempt_at: toDate(failed.nextAttemptAt),
          };
    const row = await tx
      .updateTable('message')
      .set({ ...change, failure: failed.failure })
      .where('id', '=', failed.id)
      .where('state', '=', 'sending')
      .returning(['id', 'kind', 'alert_id', 'step'])
      .executeTakeFirst();
    if (!row) return;
    if (failed.lasting === 'permanent' && row.kind === 'page' && row.alert_id && row.step !== null) {
      await hastenAlert(tx, row.alert_id, row.step, now);
    }
    await announceMessages(tx, [row]);
  });
}

/** Whether another message is known under this id of the provider's: then it is not the answer for `messageId`. */
export async function isTakenByAnother(
  db: Db,
  provider: string,
  providerId: string,
  messageId: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('message')
    .select('id')
    .where('provider', '=', provider)
    .where('provider_id', '=', providerId)
    .where('id', '!=', messageId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Tells the boards; a message for no home known is shown nowhere. */
async function announceMessages(tx: Tx, messages: readonly { id: string }[]): Promise<void> {
  if (messages.length === 0) return;
  const { rows } = await sql<{ communityId: string; householdId: string }>`
    select distinct a.community_id as "communityId", a.household_id as "householdId"
    from message m join alert a on a.id = m.alert_id
    where m.id = any (${messages.map(({ id }) => id)}::uuid[])`.execute(tx);
  await announceAll(tx, rows);
}
