import { type RawBuilder, sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Receipt } from '#contracts/gateway.ts';
import { afterReceipt, POLL_AFTER_SECONDS } from '#pact/delivery.ts';
import type { Channel } from '#pact/ladder.ts';
import type { Db, Tx } from '../database.ts';
import { toDate, toInstant } from '../instant.ts';
import { lockAlertsOf } from './lock-alerts-of.ts';
import { type Locked, lockMessages } from './lock-messages.ts';
import { moveOn } from './move-on.ts';
import { updateMessages } from './update-messages.ts';

/**
 * Records what a provider tells of a message, for all that its envelope carries. Receipts may come in any
 * order, doubled, late, or before we have recorded the acceptance; the state is the same in the end. A page
 * that failed moves the ladder in the same transaction.
 * @returns whether anything changed
 */
export async function recordReceipt(db: Db, receipt: Receipt, now: Temporal.Instant): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const which = envelopeOf(receipt);
    const { key } = receipt;
    if (receipt.state === 'failed') await lockAlertsOf(tx, which);
    const locked = await lockMessages(tx, key ? sql`(${which} or ${mistakenFor(receipt, key)})` : which);
    const isMistaken = ({ envelopeId }: Locked) => Boolean(key) && envelopeId !== key;
    // A receipt for what was taken back before it was sent says nothing.
    const changed = locked
      .filter((message) => !isMistaken(message) && isUnderWay(message))
      .map(({ id, state }) => ({ id, before: state, after: afterReceipt(state, receipt.state) }))
      .filter(({ before, after }) => before !== after);
    if (changed.length === 0) return false;
    const ids = changed.map(({ id }) => id);
    const at = toDate(now);
    const after = receipt.state;
    await release(tx, locked.filter(isMistaken), now);
    const update = sql`
      update message m set state = ${after}, provider = ${receipt.provider}, provider_id = ${receipt.providerId},
        accepted_at = coalesce(accepted_at, ${at}), settled_at = ${at},
        next_attempt_at = case when ${after} = 'accepted' and id = envelope_id
          then ${at}::timestamptz + ${POLL_AFTER_SECONDS[0]}::int * interval '1 second' end,
        delivered_at = case when ${after} in ('delivered', 'read') then coalesce(delivered_at, ${at}) else delivered_at end,
        read_at = case when ${after} = 'read' then coalesce(read_at, ${at}) else read_at end,
        failure = case when ${after} = 'failed' then ${receipt.reason ?? 'undelivered'} end
      where m.id = any (${ids}::uuid[])`;
    await updateMessages(tx, update);
    if (after === 'failed') await moveOn(tx, ids, now);
    return true;
  });
}

/**
 * A provider that hands our key back knows better than we could tell from its list: a message that was taken
 * for this one is in doubt again, and is asked for anew.
 */
async function release(tx: Tx, mistaken: readonly Locked[], now: Temporal.Instant): Promise<void> {
  const ids = mistaken.flatMap(({ id, state }) => (state === 'accepted' || state === 'unknown' ? [id] : []));
  if (ids.length === 0) return;
  await sql`
    update message set state = 'sending', provider_id = null, accepted_at = null, settled_at = null, failure = null,
      next_attempt_at = ${toDate(now)} where id = any (${ids}::uuid[])`.execute(tx);
}

const isUnderWay = ({ direction, state, failure }: Locked): boolean =>
  direction === 'out' && state !== 'planned' && failure !== 'stood_down';

/** The messages `m` of another envelope that has the provider's id of this one. */
const mistakenFor = ({ provider, providerId }: Receipt, key: string): RawBuilder<unknown> => sql`
  m.envelope_id in (select envelope_id from message where provider = ${provider} and provider_id = ${providerId}
    and envelope_id = id and envelope_id <> ${key}::uuid)`;

const envelopeOf = ({ key, provider, providerId }: Receipt): RawBuilder<unknown> =>
  key
    ? sql`m.envelope_id = ${key}::uuid`
    : sql`m.envelope_id = (select envelope_id from message where provider = ${provider}
        and provider_id = ${providerId} and envelope_id = id)`;

/** An accepted message that nobody has told us more of. */
export type Unreceipted = {
  key: string;
  provider: string;
  providerId: string;
  channel: Channel;
  to: string;
  acceptedAt: Temporal.Instant;
};

/**
 * Takes up to `limit` messages whose receipt is overdue, and puts each off until it is to be asked for again;
 * past the last time it is `unknown`, and its ladder goes on by the clock.
 */
export async function takeUnreceipted(db: Db, now: Temporal.Instant, limit: number): Promise<Unreceipted[]> {
  // Most times there is none, and no transaction is needed to know that.
  const due = await sql<{ id: string }>`
    select id from message where state = 'accepted' and next_attempt_at <= ${toDate(now)} and envelope_id = id
    order by next_attempt_at, id limit ${limit}`.execute(db);
  if (due.rows.length === 0) return [];
  const keys = due.rows.map(({ id }) => id);
  return db.transaction().execute(async (tx) => {
    await lockMessages(tx, sql`m.envelope_id = any (${keys}::uuid[])`);
    // What a receipt or another process has settled meanwhile is not due any more.
    const { rows } = await sql<Omit<Unreceipted, 'acceptedAt'> & { acceptedAt: Date; polls: number }>`
      select id as key, provider, provider_id as "providerId", channel, polls, accepted_at as "acceptedAt",
        case when channel = 'robot' then robot_id::text else phone end as to
      from message where id = any (${keys}::uuid[]) and state = 'accepted' and next_attempt_at <= ${toDate(now)}
      order by next_attempt_at, id`.execute(tx);
    for (const { key, polls } of rows) {
      const seconds = POLL_AFTER_SECONDS[polls + 1];
      if (seconds === undefined) {
        const update = sql`
          update message m set state = 'unknown', settled_at = ${toDate(now)}, next_attempt_at = null, polls = polls + 1
          where m.envelope_id = ${key} and m.state = 'accepted'`;
        await updateMessages(tx, update);
      } else {
        await sql`
          update message set polls = polls + 1, next_attempt_at = accepted_at + ${seconds}::int * interval '1 second'
          where id = ${key}`.execute(tx);
      }
    }
    return rows.map(({ polls: _, acceptedAt, ...row }) => ({ ...row, acceptedAt: toInstant(acceptedAt) }));
  });
}
