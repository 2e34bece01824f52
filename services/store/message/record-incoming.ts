import { randomUUID } from 'node:crypto';
import type { Temporal } from 'temporal-polyfill';
import type { Language } from '#pact/text/language.ts';
import type { AnswerInput } from '#pact/text/sms.ts';
import { announce } from '../change-feed.ts';
import type { Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { type PlannedMessage, planMessages, URGENCY } from './plan-message.ts';

export type Incoming = { provider: string; providerId: string; channel: string; phone: string; text: string };

/** Keeps a message from a phone. The same id of the provider's twice is one message. @returns undefined when it is known */
export async function recordIncoming(
  tx: Tx,
  message: Incoming,
  now: Temporal.Instant,
  from: { communityId?: string | null; alertId?: string | null; personId?: string | null } = {},
): Promise<string | undefined> {
  const row = await tx
    .insertInto('message')
    .values({
      id: randomUUID(),
      community_id: from.communityId ?? null,
      alert_id: from.alertId ?? null,
      person_id: from.personId ?? null,
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
    .onConflict((conflict) => conflict.doNothing())
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
  answer: { phone: string; language: Language; input: AnswerInput } | undefined,
  now: Temporal.Instant,
): Promise<void> {
  const tie = {
    community_id: context.communityId ?? null,
    alert_id: context.alertId ?? null,
    person_id: context.personId ?? null,
  };
  await tx.updateTable('message').set(tie).where('id', '=', replyId).execute();
  if (answer) {
    const { phone, language, input } = answer;
    const message: PlannedMessage = {
      communityId: tie.community_id,
      alertId: tie.alert_id,
      personId: tie.person_id,
      kind: 'answer',
      inReplyTo: replyId,
      channel: 'sms',
      phone,
      language,
      content: { kind: 'answer', answer: input },
      urgency: URGENCY.usual,
    };
    await planMessages(tx, [message], now);
  }
  const { communityId, householdId } = context;
  if (communityId) await announce(tx, { communityId, householdIds: householdId ? [householdId] : [] });
}
