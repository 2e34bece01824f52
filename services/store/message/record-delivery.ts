import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { POLL_AFTER_SECONDS } from '#pact/delivery.ts';
import { announceAll } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { lockAlertsOf } from './lock-alerts-of.ts';
import { lockMessages } from './lock-messages.ts';
import { moveOn } from './move-on.ts';

export type Accepted = {
  /** The envelope's. */
  key: string;
  provider: string;
  providerId: string;
  at: Temporal.Instant;
  delivered: boolean;
  /** Whether the provider can be asked later; without it acceptance is the last that we hear for certain. */
  polled: boolean;
};

/**
 * Records what a provider accepted, many at once, for every message of each envelope. What a receipt that was
 * faster has recorded meanwhile stays as it is, but for the provider's id.
 */
export async function markAccepted(db: Db, accepted: readonly Accepted[]): Promise<void> {
  if (accepted.length === 0) return;
  const pollAt = ({ at, delivered, polled }: Accepted) =>
    polled && !delivered ? toDate(at.add({ seconds: POLL_AFTER_SECONDS[0] })) : null;
  const keys = accepted.map(({ key }) => key);
  await db.transaction().execute(async (tx) => {
    await lockMessages(tx, sql`m.envelope_id = any (${keys}::uuid[])`);
    const { rows } = await sql<{ id: string }>`
      update message m set state = case when u.delivered then 'delivered' else 'accepted' end,
        accepted_at = u.at, settled_at = u.at, delivered_at = case when u.delivered then u.at end,
        provider = u.provider, provider_id = u.provider_id, failure = null,
        next_attempt_at = case when m.id = u.key then u.poll_at end
      from unnest(
        ${keys}::uuid[], ${accepted.map(({ provider }) => provider)}::text[],
        ${accepted.map(({ providerId }) => providerId)}::text[], ${accepted.map(({ at }) => toDate(at))}::timestamptz[],
        ${accepted.map(({ delivered }) => delivered)}::boolean[], ${accepted.map(pollAt)}::timestamptz[]
      ) as u(key, provider, provider_id, at, delivered, poll_at)
      where m.envelope_id = u.key and m.state = 'sending' returning m.id`.execute(tx);
    await announceMessages(tx, rows);
  });
}

export type Failure = { key: string; failure: string } & (
  | { lasting: 'permanent' }
  /** Refused for now: nothing was accepted, and the envelope is filled anew. */
  | { lasting: 'temporary'; nextAttemptAt: Temporal.Instant }
  /** The provider may have accepted it, so the next attempt begins by asking. */
  | { lasting: 'unknown'; nextAttemptAt: Temporal.Instant }
);

/**
 * Records a failed attempt. One that will never go through moves the ladder and the person's next channel at
 * once, in the same transaction: a crash between the two would be a silent miss.
 */
export async function markFailed(db: Db, failed: Failure, now: Temporal.Instant): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (failed.lasting === 'permanent') await lockAlertsOf(tx, sql`m.envelope_id = ${failed.key}`);
    await lockMessages(tx, sql`m.envelope_id = ${failed.key}`);
    const { rows } = await sql<{ id: string }>`
      update message set ${changeOf(failed, now)}, failure = ${failed.failure}
      where envelope_id = ${failed.key} and state = 'sending' returning id`.execute(tx);
    if (failed.lasting === 'permanent') {
      await moveOn(
        tx,
        rows.map(({ id }) => id),
        now,
      );
    }
    await announceMessages(tx, rows);
  });
}

function changeOf(failed: Failure, now: Temporal.Instant) {
  switch (failed.lasting) {
    case 'permanent':
      return sql`state = 'failed', next_attempt_at = null, settled_at = ${toDate(now)}`;
    case 'temporary':
      return sql`state = 'planned', next_attempt_at = ${toDate(failed.nextAttemptAt)}, envelope_id = null, envelope = null`;
    case 'unknown':
      return sql`next_attempt_at = ${toDate(failed.nextAttemptAt)}`;
    default:
      return failed satisfies never;
  }
}

/** Longer than a sweep: all that was in doubt for one person is out of it by then, and goes out as one list. */
const GATHER = { seconds: 3 };

/** Takes apart a list that turned out not to have been accepted: who is safe by now is not asked for again. */
export async function dissolve(db: Db, key: string, now: Temporal.Instant): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await lockMessages(tx, sql`m.envelope_id = ${key}`);
    await sql`
      update message m set state = case when a.status = 'closed' then 'failed' else 'planned' end,
        failure = case when a.status = 'closed' then 'stood_down' else m.failure end,
        settled_at = case when a.status = 'closed' then ${toDate(now)}::timestamptz end,
        next_attempt_at = case when a.status <> 'closed' then ${toDate(now.add(GATHER))}::timestamptz end,
        envelope_id = null, envelope = null
      from alert a where a.id = m.alert_id and m.envelope_id = ${key} and m.state = 'sending'`.execute(tx);
  });
}

/** Whether another message is known under this id of the provider's: then it is not the answer for `key`. */
export async function isTakenByAnother(
  db: Db,
  provider: string,
  providerId: string,
  key: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('message')
    .select('id')
    .where('provider', '=', provider)
    .where('provider_id', '=', providerId)
    .where(({ eb }) => eb.or([eb('envelope_id', 'is', null), eb('envelope_id', '!=', key)]))
    .executeTakeFirst();
  return row !== undefined;
}

/** Tells the boards; a message for no home known is shown nowhere. */
export async function announceMessages(tx: Tx, messages: readonly { id: string }[]): Promise<void> {
  if (messages.length === 0) return;
  const { rows } = await sql<{ communityId: string; householdId: string }>`
    select distinct a.community_id as "communityId", a.household_id as "householdId"
    from message m join alert a on a.id = m.alert_id
    where m.id = any (${messages.map(({ id }) => id)}::uuid[])`.execute(tx);
  await announceAll(tx, rows);
}
