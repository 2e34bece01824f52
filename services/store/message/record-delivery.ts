import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { POLL_AFTER_SECONDS } from '#pact/delivery.ts';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';
import { isRace } from '../race.ts';
import { lockAlertsOf } from './lock-alerts-of.ts';
import { lockMessages } from './lock-messages.ts';
import { moveOn } from './move-on.ts';
import { updateMessages } from './update-messages.ts';

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
 * faster has recorded meanwhile stays as it is, but for the provider's id. Two in the same words may have been found as
 * the same message of the provider's: it is one of them, and what becomes of the other is asked for again after its lease.
 */
export async function markAccepted(db: Db, accepted: readonly Accepted[]): Promise<void> {
  const byId = Map.groupBy(accepted, ({ provider, providerId }) => `${provider} ${providerId}`);
  const firsts = [...byId.values()].flatMap(([first]) => first ?? []);
  // Somebody may record one of them for another message at this very moment: it is known the next time.
  for (let tries = firsts.length; ; tries -= 1) {
    try {
      return await recordAccepted(db, firsts);
    } catch (error) {
      if (tries === 0 || !isRace(error)) throw error;
    }
  }
}

async function recordAccepted(db: Db, accepted: readonly Accepted[]): Promise<void> {
  if (accepted.length === 0) return;
  const pollAt = ({ at, delivered, polled }: Accepted) =>
    polled && !delivered ? toDate(at.add({ seconds: POLL_AFTER_SECONDS[0] })) : null;
  const keys = accepted.map(({ key }) => key);
  await db.transaction().execute(async (tx) => {
    await lockMessages(tx, sql`m.envelope_id = any (${keys}::uuid[])`);
    const update = sql`
      update message m set state = case when u.delivered then 'delivered' else 'accepted' end,
        accepted_at = u.at, settled_at = u.at, delivered_at = case when u.delivered then u.at end,
        provider = u.provider, provider_id = u.provider_id, failure = null,
        next_attempt_at = case when m.id = u.key then u.poll_at end
      from unnest(
        ${keys}::uuid[], ${accepted.map(({ provider }) => provider)}::text[],
        ${accepted.map(({ providerId }) => providerId)}::text[], ${accepted.map(({ at }) => toDate(at))}::timestamptz[],
        ${accepted.map(({ delivered }) => delivered)}::boolean[], ${accepted.map(pollAt)}::timestamptz[]
      ) as u(key, provider, provider_id, at, delivered, poll_at)
      where m.envelope_id = u.key and m.state = 'sending' and not exists (
        select from message o where o.provider = u.provider and o.provider_id = u.provider_id
          and (o.envelope_id is null or o.envelope_id = o.id) and o.envelope_id is distinct from u.key)`;
    await updateMessages(tx, update);
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
    const update = sql`
      update message m set ${changeOf(failed, now)}, failure = ${failed.failure}
      where m.envelope_id = ${failed.key} and m.state = 'sending'`;
    const ids = await updateMessages(tx, update);
    if (failed.lasting === 'permanent') await moveOn(tx, ids, now);
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
