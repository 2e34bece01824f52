import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { HomeNote } from '#contracts/http/register/household.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';
import { iso, isoOrNull } from '../today/iso.ts';
import { type Author, refuse, type Saved, saved, signatureOf } from './refusal.ts';

/** Writes a note into a home's file; it stands there with its author and its day. */
export async function writeNote(
  db: Db,
  householdId: string,
  note: string,
  by: Author,
  now: Temporal.Instant,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('home_note')
      .values({
        ...{ id: randomUUID(), household_id: householdId, note },
        ...{ written_at: toDate(now), written_by: signatureOf(by) },
      })
      .execute();
    await recordAudit(
      tx,
      { actor: by, action: 'note.write', subjectKind: 'household', subjectId: householdId },
      now,
    );
  });
}

/** Strikes a note that was wrong: it stays to be read, and nobody takes it for true. */
export async function strikeNote(
  db: Db,
  householdId: string,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('home_note')
      .set({ struck_at: toDate(now), struck_by: signatureOf(by) })
      .where('id', '=', id)
      .where('household_id', '=', householdId)
      .where('struck_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return refuse('not_found');
    await recordAudit(
      tx,
      { actor: by, action: 'note.strike', subjectKind: 'household', subjectId: householdId },
      now,
    );
    return saved(undefined);
  });
}

type Row = Omit<HomeNote, 'writtenAt' | 'struckAt'> & { writtenAt: Date; struckAt: Date | null };

/** A home's notes, the newest first. */
export async function listNotes(db: Db, householdId: string): Promise<HomeNote[]> {
  const { rows } = await sql<Row>`
    select n.id, n.note, n.written_at as "writtenAt", a.name as "writtenBy", n.struck_at as "struckAt"
    from home_note n left join account a on 'account:' || a.id = n.written_by
    where n.household_id = ${householdId} order by n.written_at desc, n.id`.execute(db);
  return rows.map((row) => ({ ...row, writtenAt: iso(row.writtenAt), struckAt: isoOrNull(row.struckAt) }));
}
