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

/** Writes to the audit log; hand in the transaction of the change itself where there is one. */
export async function recordAudit(db: Db | Tx, entry: AuditEntry, at: Temporal.Instant): Promise<void> {
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
