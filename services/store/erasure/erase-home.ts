import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { placeOf } from '#pact/text/sms.ts';
import { announceBridge } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { lockRegister } from '../register/community.ts';
import { type Author, refuse, type Saved, saved } from '../register/refusal.ts';
import { eraseMessages } from './erase-messages.ts';
import { blankPeople, findPeopleOf, wordsOfPeople } from './erase-people.ts';
import { recordErasure } from './record-erasure.ts';
import { replaceWords } from './replace-words.ts';
import { withoutOthers } from './without-others.ts';
import type { Words } from './words.ts';

/** So many are read well within the time that a statement has. */
const EVENTS_AT_ONCE = 500_000;

/** What was erased with a home. */
export type Erased = { people: number; messages: number };

/**
 * Makes a home nobody's, for good: names, addresses, numbers, notes, the words of messages, the history of the register,
 * its sensor and what that saw, and the family and neighbours who were there for this home alone. Its days, alerts,
 * visits and pages stay as rows that the ledger and the reports add up. Only for a home that has been out of the register
 * since before `dueBefore`.
 */
export async function eraseHome(
  db: Db,
  id: string,
  dueBefore: Temporal.Instant,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<Erased>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const home = await tx
      .selectFrom('household')
      .selectAll()
      .where('id', '=', id)
      .where('removed_at', 'is not', null)
      .where('erased_at', 'is', null)
      .where('is_canary', '=', false)
      .forUpdate()
      .executeTakeFirst();
    if (!home?.removed_at) return refuse('not_removed');
    if (home.removed_at.getTime() > dueBefore.epochMilliseconds) return refuse('not_due');
    if (await hasOpenAlert(tx, id)) return refuse('alert_open');
    const people = await findPeopleOf(tx, id);
    const known = joinWords(await wordsOfHome(tx, home), await wordsOfPeople(tx, people));
    const words = await withoutOthers(tx, home.community_id, known, { homeId: id, people });
    const messages = await eraseMessages(tx, { homeId: id, people, phones: words.phones }, now);
    await eraseSensors(tx, id);
    await eraseRows(tx, id);
    await blankPeople(tx, people, now);
    await blankHome(tx, id, now);
    await replaceWords(tx, home.community_id, words, home.removed_at);
    await recordErasure(
      tx,
      { actor: by, action: 'household.erase', subjectKind: 'household', subjectId: id },
      now,
    );
    return saved({ people: people.length, messages });
  });
}

/** An outcome may have been taken back after the home had left. */
const hasOpenAlert = async (tx: Tx, id: string): Promise<boolean> =>
  (await tx
    .selectFrom('alert')
    .select('id')
    .where('household_id', '=', id)
    .where('status', '<>', 'closed')
    .executeTakeFirst()) !== undefined;

type HomeRow = {
  id: string;
  community_id: string;
  code: string;
  salutation: string;
  building: string;
  unit: string | null;
  room: string;
};

/** By which a home and its residents are known, now and before. */
async function wordsOfHome(tx: Tx, home: HomeRow): Promise<Words> {
  const { rows } = await sql<{ name: string | null; phone: string | null }>`
    select name, phone from resident where household_id = ${home.id}
    union select null, phone from household where id = ${home.id}
    union select v ->> 'name', v ->> 'phone' from register_change c cross join lateral (values (c.before), (c.after)) as s(v)
      where c.household_id = ${home.id} and c.subject in ('household', 'resident')`.execute(tx);
  const sharing = await tx
    .selectFrom('household')
    .select('id')
    .where('community_id', '=', home.community_id)
    .where('salutation', '=', home.salutation)
    .where('id', '<>', home.id)
    .limit(1)
    .executeTakeFirst();
  const { code, salutation } = home;
  return {
    names: rows.flatMap(({ name }) => name ?? []),
    phones: rows.flatMap(({ phone }) => phone ?? []),
    places: [
      placeOf(home, 'zh-CN'),
      placeOf(home, 'en'),
      // Where another elder is called the same, it names nobody by itself.
      ...(sharing ? [`${code}号${salutation}`, `${code} ${salutation}`] : [salutation]),
    ],
  };
}

const joinWords = (a: Words, b: Words): Words => ({
  names: [...a.names, ...b.names],
  phones: [...a.phones, ...b.phones],
  places: [...a.places, ...b.places],
});

/** What it was seen by. A sensor that is at another home by now is that one's. */
async function eraseSensors(tx: Tx, id: string): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select s.id from sensor s where (s.household_id is null or s.retired_at is not null) and (s.household_id = ${id}
      or s.id in (select c.subject_id from register_change c where c.household_id = ${id} and c.subject = 'sensor')
      or s.id in (select c.sensor_id from commissioning c where c.household_id = ${id})
      or s.id in (select t.sensor_id from ticket t where t.household_id = ${id}))`.execute(tx);
  const ids = rows.map((row) => row.id);
  await eraseEvents(tx, id, ids);
  await sql`delete from quarantine where sensor_id = any (${ids}::text[])`.execute(tx);
  await sql`delete from commissioning where household_id = ${id} or sensor_id = any (${ids}::text[])`.execute(
    tx,
  );
  await sql`update ticket set sensor_id = null where sensor_id = any (${ids}::text[])`.execute(tx);
  await eraseDevices(tx, ids);
  await sql`delete from sensor_state where sensor_id = any (${ids}::text[])`.execute(tx);
  await sql`delete from sensor where id = any (${ids}::text[])`.execute(tx);
  await sql`
    update register_change set subject_id = '', before = '{}', after = '{}'
    where subject = 'sensor' and subject_id = any (${ids}::text[])`.execute(tx);
  await sql`
    update audit_entry set subject_id = null
    where subject_kind = 'sensor' and subject_id = any (${ids}::text[])`.execute(tx);
}

/** Names and addresses of devices are what people call a home in its gateway; one that speaks again is a new one. */
async function eraseDevices(tx: Tx, sensorIds: readonly string[]): Promise<void> {
  const devices = sql`(select d.id from device d where d.sensor_id = any (${sensorIds}::text[]))`;
  await sql`delete from device_report where device_id in ${devices}`.execute(tx);
  const { numAffectedRows = 0n } = await sql`delete from device where id in ${devices}`.execute(tx);
  if (numAffectedRows > 0n) await announceBridge(tx);
}

/** No index leads from a home to all its events, which would cost at every one: they are gone through part by part. */
async function eraseEvents(tx: Tx, id: string, sensorIds: readonly string[]): Promise<void> {
  const { rows } = await sql<{ first: number | null; last: number | null }>`
    select min(id) as first, max(id) as last from event`.execute(tx);
  const { first, last } = rows[0] ?? {};
  for (let from = Number(first ?? 0); last && from <= last; from += EVENTS_AT_ONCE) {
    await sql`
      delete from event where id >= ${from} and id < ${from + EVENTS_AT_ONCE}
        and (household_id = ${id} or sensor_id = any (${sensorIds}::text[]))`.execute(tx);
  }
}

/** What was written of it; what the ledger counts stays without its words. */
async function eraseRows(tx: Tx, id: string): Promise<void> {
  const alerts = sql`(select a.id from alert a where a.household_id = ${id})`;
  for (const statement of [
    sql`delete from resident where household_id = ${id}`,
    sql`delete from home_note where household_id = ${id}`,
    sql`delete from leave_link where household_id = ${id}`,
    sql`delete from steward_link where alert_ids && array(select a.id from alert a where a.household_id = ${id})`,
    sql`delete from door_action where alert_id in ${alerts}`,
    sql`update consent set paper = null where household_id = ${id}`,
    sql`update leave set reason = null, asked_by = null where household_id = ${id}`,
    sql`update ticket set note = null, done = null where household_id = ${id}`,
    sql`update visit set note = null where household_id = ${id}`,
    sql`update care_contact set note = null where household_id = ${id}`,
    sql`update care_task set note = null, service = null, evidence = null where household_id = ${id}`,
    sql`update alert_entry set detail = detail - '{note,text,call}'::text[] where alert_id in ${alerts}`,
    sql`update register_change set before = '{}', after = '{}' where household_id = ${id}`,
  ]) {
    await statement.execute(tx);
  }
}

const blankHome = (tx: Tx, id: string, now: Temporal.Instant) =>
  tx
    .updateTable('household')
    .set({
      // Its number is free for another home, which is not to come into a foreign past.
      code: `x-${id.slice(0, 13)}`,
      salutation: '',
      building: '',
      unit: null,
      floor: null,
      room: '',
      phone: null,
      note: null,
      key_note: null,
      entry_consent: false,
      decal: null,
      erased_at: toDate(now),
    })
    .where('id', '=', id)
    .execute();
