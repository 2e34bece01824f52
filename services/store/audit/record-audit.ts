import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';

/** Who did what to which record. Ids only: the log of who looked at a person names no person itself. */
export type AuditEntry = {
  actor: { kind: string; id?: string };
  /** Such as `resident.read`, `alert.outcome`, `session.refused`. */
  action: string;
  subjectKind: string;
  subjectId?: string;
};

/**
 * Writes to the audit log; hand in the transaction of the change itself where there is one. What the transaction
 * changes of the register stands in its history under this name and time.
 */
export async function recordAudit(db: Db | Tx, entry: AuditEntry, at: Temporal.Instant): Promise<void> {
  if (db.isTransaction) {
    const { kind, id } = entry.actor;
    await sql`select set_config('pact.actor', ${id ? `${kind}:${id}` : kind}, true),
      set_config('pact.at', ${at.toString()}, true)`.execute(db);
  }
  await db
    .insertInto('audit_entry')
    .values({
      at: toDate(at),
      actor_kind: entry.actor.kind,
      actor_id: entry.actor.id ?? null,
      action: entry.action,
      subject_kind: entry.subjectKind,
      subject_id: entry.subjectId ?? null,
    })
    .execute();
}
