import { type RawBuilder, sql } from 'kysely';
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
  await insertEntry(db, entry, at, sql`true`);
}

/** Looks at the same thing within this time are one look: a page that is open asks again and again. */
const ONE_LOOK_MINUTES = 10;

/** Writes down that somebody looked at something: once for each look, however often their page asks. */
export async function recordLook(db: Db, entry: AuditEntry, at: Temporal.Instant): Promise<void> {
  const { actor, action, subjectKind, subjectId } = entry;
  await insertEntry(
    db,
    entry,
    at,
    sql`not exists (select from audit_entry before
      where before.actor_kind = ${actor.kind} and before.actor_id is not distinct from ${actor.id ?? null}
        and before.action = ${action} and before.subject_kind = ${subjectKind}
        and before.subject_id is not distinct from ${subjectId ?? null}
        and before.at > ${toDate(at.subtract({ minutes: ONE_LOOK_MINUTES }))})`,
  );
}

async function insertEntry(
  db: Db | Tx,
  { actor, action, subjectKind, subjectId }: AuditEntry,
  at: Temporal.Instant,
  condition: RawBuilder<unknown>,
): Promise<void> {
  const id = subjectId ?? null;
  await sql`
    insert into audit_entry (at, actor_kind, actor_id, action, subject_kind, subject_id, household_id, community_id)
    select ${toDate(at)}::timestamptz, ${actor.kind}, ${actor.id ?? null}::text, ${action}, ${subjectKind}, ${id}::text,
      audit_household(${subjectKind}, ${id}), audit_community(${subjectKind}, ${id})
    where ${condition}`.execute(db);
}
