import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { type AuditEntry, recordAudit } from '../audit/record-audit.ts';
import type { Tx } from '../database.ts';

/**
 * Writes an erasure to the audit log, and to nothing else: the history of the register, which is written when the
 * transaction commits, would keep what was erased as what was there before.
 */
export async function recordErasure(tx: Tx, entry: AuditEntry, now: Temporal.Instant): Promise<void> {
  await recordAudit(tx, entry, now);
  await sql`select set_config('pact.actor', '', true)`.execute(tx);
}
