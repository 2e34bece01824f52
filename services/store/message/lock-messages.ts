import { type RawBuilder, sql } from 'kysely';
import type { MessageState } from '#pact/delivery.ts';
import type { Tx } from '../database.ts';

/**
 * Locks some messages `m`, in the order of their ids. Whoever changes several of one envelope or of one alert takes them
 * by this, after the alerts: a receipt and an acceptance of the same list would each hold what the other waits for.
 */
export async function lockMessages(
  tx: Tx,
  which: RawBuilder<unknown>,
): Promise<{ id: string; state: MessageState }[]> {
  const { rows } = await sql<{ id: string; state: MessageState }>`
    select m.id, m.state from message m where ${which} order by m.id for update`.execute(tx);
  return rows;
}
