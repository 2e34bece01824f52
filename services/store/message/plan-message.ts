import { randomUUID } from 'node:crypto';
import type { Temporal } from 'temporal-polyfill';
import type { Channel } from '#pact/ladder.ts';
import { type MessageContent, smsText } from '#pact/text/content.ts';
import type { Language } from '#pact/text/language.ts';
import type { Tx } from '../database.ts';
import { toDate } from '../instant.ts';

/** What is sent first where a provider takes only so many messages a second; the smaller the sooner. */
export const URGENCY = {
  /** Somebody may be in danger and has not heard of it: first pages and emergencies. */
  first: 0,
  /** Further pages, stand-downs, answers. */
  usual: 1,
  /** Reminders and notices to people on duty. */
  notice: 2,
  /** What may come an hour later: digests, reports, families' daily words. */
  daily: 3,
} as const;

export type PlannedMessage = {
  communityId: string | null;
  kind: 'page' | 'stand_down' | 'answer' | 'notice';
  alertId?: string | null;
  step?: number | null;
  personId?: string | null;
  inReplyTo?: string;
  channel: Channel;
  phone: string;
  robotId?: string | null;
  language: Language;
  content: MessageContent;
  urgency: number;
  /** What this tells of, for what is told once: a day, a cause. The same to the same person is one message. */
  subject?: string;
};

/**
 * Writes messages to be sent as soon as their time has come. A message is a row before it is a request, under
 * a key that the database keeps unique (invariant 4): planning it again changes nothing.
 * @returns how many were new
 */
export async function planMessages(
  tx: Tx,
  messages: readonly PlannedMessage[],
  now: Temporal.Instant,
): Promise<number> {
  if (messages.length === 0) return 0;
  const at = toDate(now);
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('message')
    .values(
      messages.map((message) => ({
        id: randomUUID(),
        community_id: message.communityId,
        direction: 'out' as const,
        kind: message.kind,
        alert_id: message.alertId ?? null,
        step: message.step ?? null,
        person_id: message.personId ?? null,
        in_reply_to: message.inReplyTo ?? null,
        channel: message.channel,
        phone: message.phone,
        robot_id: message.channel === 'robot' ? (message.robotId ?? null) : null,
        text: smsText(message.content, message.language),
        content: JSON.stringify(message.content),
        language: message.language,
        urgency: message.urgency,
        subject: message.subject ?? null,
        state: 'planned' as const,
        created_at: at,
        next_attempt_at: at,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return Number(numInsertedOrUpdatedRows ?? 0n);
}
