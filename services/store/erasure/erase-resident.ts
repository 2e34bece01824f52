import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db } from '../database.ts';
import { lockRegister } from '../register/community.ts';
import { type Author, refuse, type Saved, saved } from '../register/refusal.ts';
import { recordErasure } from './record-erasure.ts';
import { replaceWords } from './replace-words.ts';
import { withoutOthers } from './without-others.ts';

/** Erases somebody who was taken out of a home, before `dueBefore`, in which others live on. */
export async function eraseResident(
  db: Db,
  id: string,
  dueBefore: Temporal.Instant,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const resident = await tx
      .selectFrom('resident as r')
      .innerJoin('household as h', 'h.id', 'r.household_id')
      .select(['h.community_id as communityId', 'r.removed_at as removedAt'])
      .where('r.id', '=', id)
      .where('r.removed_at', 'is not', null)
      .where('h.removed_at', 'is', null)
      .forUpdate('r')
      .executeTakeFirst();
    if (!resident?.removedAt) return refuse('not_removed');
    if (resident.removedAt.getTime() > dueBefore.epochMilliseconds) return refuse('not_due');
    const { rows } = await sql<{ name: string | null; phone: string | null }>`
      select name, phone from resident where id = ${id}
      union select v ->> 'name', v ->> 'phone' from register_change c cross join lateral (values (c.before), (c.after)) as s(v)
        where c.subject = 'resident' and c.subject_id = ${id}`.execute(tx);
    const known = {
      names: rows.flatMap(({ name }) => name ?? []),
      phones: rows.flatMap(({ phone }) => phone ?? []),
      places: [],
    };
    await tx.deleteFrom('resident').where('id', '=', id).execute();
    await sql`
      update register_change set before = '{}', after = '{}'
      where subject = 'resident' and subject_id = ${id}`.execute(tx);
    const words = await withoutOthers(tx, resident.communityId, known, { people: [] });
    await replaceWords(tx, resident.communityId, words, resident.removedAt);
    await recordErasure(
      tx,
      { actor: by, action: 'resident.erase', subjectKind: 'resident', subjectId: id },
      now,
    );
    return saved(undefined);
  });
}
