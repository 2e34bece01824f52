import type { Gateway } from '#contracts/gateway.ts';
import type { Channel } from '#pact/ladder.ts';
import { type MessageContent, smsText } from '#pact/text/content.ts';
import type { Language } from '#pact/text/language.ts';
import { voiceScript } from '#pact/text/voice.ts';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#store/database.ts';
import { acceptIntoOutbox, findInOutbox, type OutboxMessage, outboxIdOf } from '#store/message/outbox.ts';
import { groupWrites } from './group-writes.ts';

/**
 * Keeps every message of a channel in the database, where a person at the board reads it, or reads what a call
 * would say, and may answer as that phone. What lies there is delivered: nobody else will ever have it.
 */
export function createOutboxGateway(db: Db, clock: Clock, channel: Channel = 'sms'): Gateway {
  const take = groupWrites((messages: readonly OutboxMessage[]) =>
    acceptIntoOutbox(db, messages, clock.now()),
  );
  return {
    name: channel === 'sms' ? 'outbox' : `outbox-${channel}`,
    channel,
    leaseMs: 2_000,
    async send({ key, to, content, language }) {
      await take({ id: key, phone: to, text: textFor(channel, content, language), channel });
      return { ok: true, providerId: outboxIdOf(key), delivered: true };
    },
    async find({ key }) {
      const providerId = await findInOutbox(db, key);
      return providerId ? { providerId } : undefined;
    },
  };
}

function textFor(channel: Channel, content: MessageContent, language: Language): string {
  if (channel !== 'voice') return smsText(content, language);
  return voiceScript(content, language)
    .lines.map(({ text }) => text)
    .join(' ');
}
