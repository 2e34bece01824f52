import { createHash, randomUUID } from 'node:crypto';
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
  /** Since when another service may have sent it of which we know nothing: the provider is asked before it is sent. */
  inDoubtSince?: Temporal.Instant | undefined;
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
        ...startOf(message),
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
        created_at: at,
        next_attempt_at: at,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return Number(numInsertedOrUpdatedRows ?? 0n);
}

/** A message in doubt is as one whose sender died before it could record what became of it. */
function startOf({ inDoubtSince, ...message }: PlannedMessage) {
  const id = message.kind === 'page' ? pageIdOf(message) : randomUUID();
  if (!inDoubtSince) return { id, state: 'planned' as const };
  return { id, state: 'sending' as const, sending_at: toDate(inDoubtSince), envelope_id: id };
}

/**
 * The id follows from what makes the page one, so that a service over a restored backup asks for the page by the key under
 * which the lost one has sent it.
 */
function pageIdOf({ alertId, step, personId, channel }: Omit<PlannedMessage, 'inDoubtSince'>): string {
  const hash = createHash('sha256').update([alertId, step, personId, channel].join('/')).digest('hex');
  // RFC 9562: version 8, whose bits are the maker's own.
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(12, 15)}`,
    `8${hash.slice(15, 18)}`,
    hash.slice(18, 30),
  ].join('-');
}
