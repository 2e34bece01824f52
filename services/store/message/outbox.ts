import type { Temporal } from 'temporal-polyfill';
import type { Channel } from '#pact/ladder.ts';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';

/** Takes a message as a provider would; the same one again is still one, under the same id. */
export async function acceptIntoOutbox(
  db: Db,
  message: { id: string; phone: string; text: string; channel: Channel },
  now: Temporal.Instant,
): Promise<string> {
  const providerId = `outbox-${message.id}`;
  await db
    .insertInto('outbox')
    .values({
      message_id: message.id,
      provider_id: providerId,
      phone: message.phone,
      text: message.text,
      channel: message.channel,
      accepted_at: toDate(now),
    })
    .onConflict((conflict) => conflict.column('message_id').doNothing())
    .execute();
  return providerId;
}

/** The outbox's id of a message that it took. */
export async function findInOutbox(db: Db, messageId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('outbox')
    .select('provider_id')
    .where('message_id', '=', messageId)
    .executeTakeFirst();
  return row?.provider_id;
}
