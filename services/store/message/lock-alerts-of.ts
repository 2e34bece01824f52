import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../database.ts';

/**
 * Locks the alerts of some messages `m`, in the order of their ids. Whoever changes both locks the alerts
 * first: an outcome holds its alert and takes back its messages, and a failed page that held its message and
 * then asked for the alert would wait for it in a circle.
 */
export async function lockAlertsOf(tx: Tx, which: RawBuilder<unknown>): Promise<void> {
  await sql`
    select id from alert where id in (select m.alert_id from message m where ${which}) order by id for no key update`.execute(
    tx,
  );
}
