import { type RawBuilder, sql } from 'kysely';
import type { MessageState } from '#pact/delivery.ts';
import type { Tx } from '../database.ts';

export type Locked = {
  id: string;
  state: MessageState;
  envelopeId: string | null;
  direction: 'in' | 'out';
  failure: string | null;
};

/**
 * Locks some messages `m`, in the order of their ids. Whoever changes several of one envelope or of one alert takes them
 * by this, after the alerts: a receipt and an acceptance of the same list would each hold what the other waits for.
 */
export async function lockMessages(tx: Tx, which: RawBuilder<unknown>): Promise<Locked[]> {
  const { rows } = await sql<Locked>`
    select m.id, m.state, m.envelope_id as "envelopeId", m.direction, m.failure
    from message m where ${which} order by m.id for update`.execute(tx);
  return rows;
}
