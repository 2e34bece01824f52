import type { Temporal } from 'temporal-polyfill';
import type { Channel } from '#pact/ladder.ts';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';

export type OutboxMessage = { id: string; phone: string; text: string; channel: Channel };

/** The id under which the outbox knows a message. */
export const outboxIdOf = (messageId: string): string => `outbox-${messageId}`;

/** Takes messages as a provider would; the same one again is still one, under the same id. */
export async function acceptIntoOutbox(
  db: Db,
  messages: readonly OutboxMessage[],
  now: Temporal.Instant,
): Promise<void> {
  await db
    .insertInto('outbox')
    .values(
      messages.map(({ id, ...message }) => ({
        ...message,
        message_id: id,
        provider_id: outboxIdOf(id),
        accepted_at: toDate(now),
      })),
    )
    .onConflict((conflict) => conflict.column('message_id').doNothing())
    .execute();
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
