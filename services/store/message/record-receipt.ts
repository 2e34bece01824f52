import { type RawBuilder, sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Receipt } from '#contracts/gateway.ts';
import { afterReceipt, POLL_AFTER_SECONDS } from '#pact/delivery.ts';
import type { Channel } from '#pact/ladder.ts';
import type { Db, Tx } from '../database.ts';
import { toDate, toInstant } from '../instant.ts';
import { lockAlertsOf } from './lock-alerts-of.ts';
import { lockMessages } from './lock-messages.ts';
import { moveOn } from './move-on.ts';
import { announceMessages } from './record-delivery.ts';

/**
 * Records what a provider tells of a message, for all that its envelope carries. Receipts may come in any
 * order, doubled, late, or before we have recorded the acceptance; the state is the same in the end. A page
 * that failed moves the ladder in the same transaction.
 * @returns whether anything changed
 */
export async function recordReceipt(db: Db, receipt: Receipt, now: Temporal.Instant): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const which = envelopeOf(receipt);
    if (receipt.state === 'failed') await lockAlertsOf(tx, which);
    if (receipt.key) await lockMessages(tx, sql`${which} or ${mistakenFor(receipt, receipt.key)}`);
    // A receipt for what was taken back before it was sent says nothing.
    const messages = await lockMessages(
      tx,
      sql`${which} and m.direction = 'out' and m.state <> 'planned' and m.failure is distinct from 'stood_down'`,
    );
    const changed = messages
      .map(({ id, state }) => ({ id, before: state, after: afterReceipt(state, receipt.state) }))
      .filter(({ before, after }) => before !== after);
    if (changed.length === 0) return false;
    const ids = changed.map(({ id }) => id);
    const at = toDate(now);
    const after = receipt.state;
    if (receipt.key) await release(tx, receipt, receipt.key, now);
    await sql`
      update message set state = ${after}, provider = ${receipt.provider}, provider_id = ${receipt.providerId},
        accepted_at = coalesce(accepted_at, ${at}), settled_at = ${at},
        next_attempt_at = case when ${after} = 'accepted' and id = envelope_id
          then ${at}::timestamptz + ${POLL_AFTER_SECONDS[0]}::int * interval '1 second' end,
        delivered_at = case when ${after} in ('delivered', 'read') then coalesce(delivered_at, ${at}) else delivered_at end,
        read_at = case when ${after} = 'read' then coalesce(read_at, ${at}) else read_at end,
        failure = case when ${after} = 'failed' then ${receipt.reason ?? 'undelivered'} end
      where id = any (${ids}::uuid[])`.execute(tx);
    if (after === 'failed') await moveOn(tx, ids, now);
    await announceMessages(tx, changed);
    return true;
  });
}

/**
 * A provider that hands our key back knows better than we could tell from its list: a message that was taken
 * for this one is in doubt again, and is asked for anew.
 */
async function release(tx: Tx, receipt: Receipt, key: string, now: Temporal.Instant): Promise<void> {
  await sql`
    update message m set state = 'sending', provider_id = null, accepted_at = null, settled_at = null, failure = null,
      next_attempt_at = ${toDate(now)}
    where ${mistakenFor(receipt, key)} and state in ('accepted', 'unknown')`.execute(tx);
}

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
  return db.transaction().execute(async (tx) => {
    const due = await sql<{ id: string }>`
      select id from message where state = 'accepted' and next_attempt_at <= ${toDate(now)} and envelope_id = id
      order by next_attempt_at, id limit ${limit}`.execute(tx);
    if (due.rows.length === 0) return [];
    const keys = due.rows.map(({ id }) => id);
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
        const given = await sql<{ id: string }>`
          update message set state = 'unknown', settled_at = ${toDate(now)}, next_attempt_at = null, polls = polls + 1
          where envelope_id = ${key} and state = 'accepted' returning id`.execute(tx);
        await announceMessages(tx, given.rows);
      } else {
        await sql`
          update message set polls = polls + 1, next_attempt_at = accepted_at + ${seconds}::int * interval '1 second'
          where id = ${key}`.execute(tx);
      }
    }
    return rows.map(({ polls: _, acceptedAt, ...row }) => ({ ...row, acceptedAt: toInstant(acceptedAt) }));
  });
}
