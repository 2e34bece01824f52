import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { lockRegister } from '../register/community.ts';
import { type Author, refuse, type Saved, saved } from '../register/refusal.ts';
import { recordErasure } from './record-erasure.ts';
import { replaceWords } from './replace-words.ts';
import { withoutOthers } from './without-others.ts';
import type { Words } from './words.ts';

/** The family and neighbours who were there for this home and are at no other, nor at one that may still be brought back. */
export async function findPeopleOf(tx: Tx, householdId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select p.id from person p
    where p.kind in ('family', 'neighbour') and p.erased_at is null
      and p.id::text in (select c.subject_id from register_change c
        where c.household_id = ${householdId} and c.subject = 'assignment')
      and not exists (select from assignment a where a.person_id = p.id)
      and not exists (select from register_change c join household h on h.id = c.household_id
        where c.subject = 'assignment' and c.subject_id = p.id::text and h.id <> ${householdId}
          and h.removed_at is not null and h.erased_at is null)
    order by p.id for update of p`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Their names and numbers, now and before. */
export async function wordsOfPeople(tx: Tx, ids: readonly string[]): Promise<Words> {
  const { rows } = await sql<{ name: string | null; phone: string | null }>`
    select name, phone from person where id = any (${ids}::uuid[])
    union select v ->> 'name', v ->> 'phone' from register_change c cross join lateral (values (c.before), (c.after)) as s(v)
      where c.subject = 'person' and c.subject_id = any (${ids}::text[])`.execute(tx);
  return {
    names: rows.flatMap(({ name }) => name ?? []),
    phones: rows.flatMap(({ phone }) => phone ?? []),
    places: [],
  };
}

/** Their rows stay for what they did, and say nobody. */
export async function blankPeople(tx: Tx, ids: readonly string[], now: Temporal.Instant): Promise<void> {
  const at = toDate(now);
  await sql`
    update person set name = '', phone = 'erased:' || id, code = null, robot_id = null, daily_at = null,
      removed_at = coalesce(removed_at, ${at}), erased_at = ${at}
    where id = any (${ids}::uuid[])`.execute(tx);
  await sql`delete from duty_hours where person_id = any (${ids}::uuid[])`.execute(tx);
  await sql`
    update register_change set before = '{}', after = '{}'
    where subject = 'person' and subject_id = any (${ids}::text[])`.execute(tx);
}

/** Erases somebody who was taken out of the register before `dueBefore` and whom no home has brought back since. */
export async function erasePerson(
  db: Db,
  id: string,
  dueBefore: Temporal.Instant,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const person = await tx
      .selectFrom('person')
      .select(['community_id as communityId', 'removed_at as removedAt', 'phone'])
      .where('id', '=', id)
      .where('removed_at', 'is not', null)
      .where('erased_at', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!person?.removedAt) return refuse('not_removed');
    if (person.removedAt.getTime() > dueBefore.epochMilliseconds) return refuse('not_due');
    const words = await withoutOthers(tx, person.communityId, await wordsOfPeople(tx, [id]), {
      people: [id],
    });
    // What they were told is of homes that may be there still, and goes with those.
    await sql`
      update message set phone = '', provider_id = null
      where (person_id = ${id} or phone = any (${words.phones}::text[])) and state not in ('planned', 'sending')`.execute(
      tx,
    );
    await sql`delete from outbox where phone = any (${words.phones}::text[])`.execute(tx);
    await blankPeople(tx, [id], now);
    await replaceWords(tx, person.communityId, words, person.removedAt);
    await recordErasure(tx, { actor: by, action: 'person.erase', subjectKind: 'person', subjectId: id }, now);
    return saved(undefined);
  });
}
