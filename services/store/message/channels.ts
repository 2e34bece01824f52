import { sql } from 'kysely';
import type { Channel } from '#pact/ladder.ts';
import type { Db, Tx } from '../database.ts';

/** The channels that some provider serves now; there is always SMS, if only to the outbox. */
export async function findChannels(db: Db | Tx): Promise<ReadonlySet<Channel>> {
  const { rows } = await sql<{ channel: Channel }>`select distinct channel from provider_health`.execute(db);
  return new Set<Channel>(['sms', ...rows.map(({ channel }) => channel)]);
}

/** A person's channels in their order, as far as they can be used; never none, because somebody must be told. */
export function usableChannels(
  preferred: readonly Channel[],
  available: ReadonlySet<Channel>,
  hasRobot: boolean,
): readonly Channel[] {
  const usable = preferred.filter((channel) => available.has(channel) && (channel !== 'robot' || hasRobot));
  return usable.length > 0 ? usable : ['sms'];
}
