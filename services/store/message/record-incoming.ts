import { randomUUID } from 'node:crypto';
import type { Temporal } from 'temporal-polyfill';
import { announce } from '../change-feed.ts';
import type { Tx } from '../database.ts';
import { toDate } from '../instant.ts';

export type Incoming = { provider: string; providerId: string; channel: string; phone: string; text: string };

/** Keeps a message from a phone. The same id of the provider's twice is one message. @returns undefined when it is known */
export async function recordIncoming(
  tx: Tx,
  message: Incoming,
  now: Temporal.Instant,
): Promise<string | undefined> {
  const row = await tx
    .insertInto('message')
    .values({
      id: randomUUID(),
      direction: 'in',
      kind: 'reply',
      channel: message.channel,
      phone: message.phone,
      text: message.text,
      state: 'received',
      created_at: toDate(now),
      settled_at: toDate(now),
      provider: message.provider,
      provider_id: message.providerId,
    })
    .onConflict((conflict) =>
      conflict.columns(['provider', 'provider_id']).where('provider_id', 'is not', null).doNothing(),
    )
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

/** Whom a reply came from and which alert it speaks of, once that is known. */
export type ReplyContext = {
  communityId?: string;
  householdId?: string;
  alertId?: string;
  personId?: string;
};

/** Ties a reply to its alert and plans its answer: one for each reply, whatever happens twice. */
export async function answerReply(
  tx: Tx,
  replyId: string,
  context: ReplyContext,
  answer: { channel: string; phone: string; text: string } | undefined,
  now: Temporal.Instant,
): Promise<void> {
  const tie = {
    community_id: context.communityId ?? null,
    alert_id: context.alertId ?? null,
    person_id: context.personId ?? null,
  };
  await tx.updateTable('message').set(tie).where('id', '=', replyId).execute();
  if (answer) {
    await tx
      .insertInto('message')
      .values({
        ...answer,
        ...tie,
        id: randomUUID(),
        direction: 'out',
        kind: 'answer',
        in_reply_to: replyId,
        state: 'planned',
        created_at: toDate(now),
        next_attempt_at: toDate(now),
      })
      .onConflict((conflict) =>
        conflict.column('in_reply_to').where('in_reply_to', 'is not', null).doNothing(),
      )
      .execute();
  }
  const { communityId, householdId } = context;
  if (communityId) await announce(tx, { communityId, householdIds: householdId ? [householdId] : [] });
}
