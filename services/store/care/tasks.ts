import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import type { CareAsk, CareDone } from '#contracts/http/care.ts';
import {
  type ContactWay,
  canBeDone,
  countsFor,
  MOST_HOURS_WAITED,
  PLAN_KINDS,
  STANDING_KINDS,
  UNDO_HOURS,
  WAY_OF,
} from '#pact/care.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate, toInstant } from '../instant.ts';
import { type Author, refuse, type Saved, saved, signatureOf } from '../register/refusal.ts';
import { closeLookIns } from '../ticket/look-in.ts';
import { listOccasions } from './occasions.ts';
import { lockOpen, settleByContacts } from './settle-care.ts';

/** Puts a must-visit or a service on the list, from today until it is done. The same id twice is one. */
export async function askForCare(
  db: Db,
  ask: CareAsk,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ id: string }>> {
  return db.transaction().execute(async (tx) => {
    const { id, householdId, kind, note, ownerId = null } = ask;
    const home = await tx
      .selectFrom('household as h')
      .innerJoin('community as c', 'c.id', 'h.community_id')
      .select(['h.community_id as communityId', 'c.time_zone as timeZone'])
      .where('h.id', '=', householdId)
      .where('h.removed_at', 'is', null)
      .where('h.is_canary', '=', false)
      .executeTakeFirst();
    if (!home) return refuse('not_found');
    const { communityId } = home;
    const occasion =
      kind === 'must_visit'
        ? (await listOccasions(tx, communityId)).find(({ code, inUse }) => inUse && code === ask.occasion)
        : undefined;
    if (kind === 'must_visit' && !occasion) return refuse('unknown_occasion');
    if (kind === 'service' && !ask.service?.trim()) return refuse('unknown_service');
    if (ownerId && !(await isSteward(tx, ownerId, communityId))) return refuse('unknown_person');
    const today = localDateAt(now, home.timeZone);
    const dueOn = ask.dueOn ?? today.add({ days: occasion?.withinDays ?? 0 }).toString();
    if (Temporal.PlainDate.compare(dueOn, today) < 0) return refuse('already_over');
    const made = await tx
      .insertInto('care_task')
      .values({
        ...{ id, household_id: householdId, community_id: communityId, kind, owner_id: ownerId },
        ...{ occasion: occasion?.code ?? null, service: kind === 'service' ? ask.service?.trim() : null },
        ...{ note: note?.trim() || null, from_on: today.toString(), due_on: dueOn, state: 'open' },
        ...{ opened_at: toDate(now), opened_by: signatureOf(by) },
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!made) return saved({ id });
    await announce(tx, { communityId, householdIds: [householdId] });
    await recordAudit(tx, { actor: by, action: 'care.ask', subjectKind: 'care_task', subjectId: id }, now);
    return saved({ id });
  });
}

const isSteward = async (tx: Tx, personId: string, communityId: string): Promise<boolean> =>
  (await tx
    .selectFrom('person')
    .select('id')
    .where('id', '=', personId)
    .where('community_id', '=', communityId)
    .where('kind', '=', 'steward')
    .where('removed_at', 'is', null)
    .executeTakeFirst()) !== undefined;

/** Takes a must-visit or a service from the list without anybody having come. */
export const takeBack = (db: Db, id: string, by: Author, now: Temporal.Instant): Promise<Saved<undefined>> =>
  alterAsked(db, id, { by, action: 'care.take-back', now }, async (tx, task) => {
    if (task.state !== 'open') return refuse('already_closed');
    await tx
      .updateTable('care_task')
      .set({
        ...{ state: 'excused', reason: 'taken_back', settled_at: toDate(now) },
        settled_on: localDateAt(now, task.timeZone).toString(),
      })
      .where('id', '=', id)
      .execute();
    return saved(undefined);
  });

/** It was taken back by a slip. */
export const restoreTask = (
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> =>
  alterAsked(db, id, { by, action: 'care.restore', now }, async (tx, task) => {
    if (task.state === 'open') return saved(undefined);
    if (task.reason !== 'taken_back') return refuse('already_closed');
    await tx
      .updateTable('care_task')
      .set({ state: 'open', reason: null, settled_at: null, settled_on: null })
      .where('id', '=', id)
      .execute();
    return saved(undefined);
  });

const selectTasks = (tx: Db | Tx) =>
  tx
    .selectFrom('care_task as t')
    .innerJoin('community as c', 'c.id', 't.community_id')
    .select(['t.id', 't.household_id as householdId', 't.community_id as communityId', 't.kind', 't.state'])
    .select(['t.plan_id as planId', 't.due_on as dueOn', 't.reason', 'c.time_zone as timeZone']);
type Task = Awaited<ReturnType<ReturnType<typeof selectTasks>['executeTakeFirstOrThrow']>>;

/** What the list asks for under an id: a task, or to look in where a sensor failed. */
export async function findCareTask(
  db: Db | Tx,
  id: string,
): Promise<{ householdId: string; communityId: string } | undefined> {
  const task = await selectTasks(db).where('t.id', '=', id).executeTakeFirst();
  return task ?? (await selectLookIns(db).where('t.id', '=', id).executeTakeFirst());
}

const selectLookIns = (db: Db | Tx) =>
  db
    .selectFrom('ticket as t')
    .innerJoin('household as h', 'h.id', 't.household_id')
    .select(['t.id', 'h.id as householdId', 'h.community_id as communityId', 't.closed_at as closedAt'])
    .where('t.kind', '=', 'look_in');

async function alterAsked(
  db: Db,
  id: string,
  { by, action, now }: { by: Author; action: string; now: Temporal.Instant },
  change: (tx: Tx, task: Task) => Promise<Saved<undefined>>,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    const task = await selectTasks(tx).where('t.id', '=', id).forUpdate('t').executeTakeFirst();
    if (!task || task.planId) return refuse('not_found');
    const done = await change(tx, task);
    if (!done.ok) return done;
    await announce(tx, { communityId: task.communityId, householdIds: [task.householdId] });
    await recordAudit(tx, { actor: by, action, subjectKind: 'care_task', subjectId: id }, now);
    return done;
  });
}

/** Who did it: a steward by their link, or the office, which says no name of a person. */
export type Doer = { author: Author; personId: string | null };

/**
 * Ticks off a task, once for each key, and with it whatever else of the home this contact counts for; whoever was asked
 * to look in need not any more. A press that waited for a network counts for the day on which it was made.
 */
export async function doTask(
  db: Db,
  id: string,
  { key, way, note, pressedAt }: CareDone,
  { author, personId }: Doer,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    const asked = await findCareTask(tx, id);
    if (!asked) return refuse('not_found');
    await lockOpen(tx, sql`t.household_id = ${asked.householdId}`);
    const task = await selectTasks(tx).where('t.id', '=', id).forUpdate('t').executeTakeFirst();
    const lookIn = task
      ? undefined
      : await selectLookIns(tx).where('t.id', '=', id).forUpdate('t').executeTakeFirst();
    const home = task ?? lookIn;
    if (!home) return refuse('not_found');
    const known = await tx.selectFrom('care_contact').select('id').where('id', '=', key).executeTakeFirst();
    if (known) return saved(undefined);
    const at = pressedTime(pressedAt, now);
    if (lookIn?.closedAt) return refuse('already_closed');
    const pressedOn = task && localDateAt(at, task.timeZone);
    if (task && pressedOn && !canBeDone({ ...task, dueOn: Temporal.PlainDate.from(task.dueOn) }, pressedOn))
      return refuse('already_closed');
    const how = way ?? (task ? WAY_OF[task.kind] : 'visit');
    const made = await tx
      .insertInto('care_contact')
      .values({
        ...{
          id: key,
          household_id: home.householdId,
          person_id: personId,
          way: how,
          note: note?.trim() || null,
        },
        ...{ at: toDate(at), recorded_at: toDate(now), recorded_by: signatureOf(author) },
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!made) return saved(undefined);
    if (task && pressedOn) {
      await settle(tx, task, { key, at, pressedOn, how });
      if (task.state === 'missed') await makeUp(tx, task, now);
    }
    await closeLookIns(tx, now, home.householdId);
    await announce(tx, { communityId: home.communityId, householdIds: [home.householdId] });
    await recordAudit(
      tx,
      { actor: author, action: 'care.done', subjectKind: task ? 'care_task' : 'ticket', subjectId: id },
      now,
    );
    return saved(undefined);
  });
}

/** By the phone's clock as far as it can be right; else now. */
function pressedTime(pressedAt: string | undefined, now: Temporal.Instant): Temporal.Instant {
  if (pressedAt === undefined) return now;
  const at = toInstant(new Date(pressedAt));
  const { compare } = Temporal.Instant;
  const isTrusted = compare(at, now) <= 0 && compare(at, now.subtract({ hours: MOST_HOURS_WAITED })) >= 0;
  return isTrusted ? at : now;
}

type Contact = { key: string; at: Temporal.Instant; pressedOn: Temporal.PlainDate; how: ContactWay };

/** The task itself, and those of the home for which the same contact counts. */
async function settle(tx: Tx, task: Task, { key, at, pressedOn, how }: Contact) {
  const counted = PLAN_KINDS.filter((kind) => countsFor(how, kind));
  await sql`
    update care_task set state = 'done', settled_at = ${toDate(at)}, settled_on = ${pressedOn.toString()}, done_by = 'contact',
      contact_id = ${key}
    where id = ${task.id} or (household_id = ${task.householdId} and state = 'open' and kind = any (${counted})
      and (due_on = ${pressedOn.toString()} or (kind = any (${STANDING_KINDS}) and due_on < ${pressedOn.toString()})))`.execute(
    tx,
  );
}

/** A day that had been missed was done after all: the next one comes back for it no longer. */
async function makeUp(tx: Tx, { planId, dueOn }: Task, now: Temporal.Instant) {
  await sql`
    update care_task t set missed_since = null,
      state = case when extract(isodow from t.due_on)::int = any (p.weekdays) then 'open' else 'excused' end,
      reason = case when extract(isodow from t.due_on)::int = any (p.weekdays) then null else 'made_up' end,
      settled_at = case when extract(isodow from t.due_on)::int = any (p.weekdays) then null else ${toDate(now)}::timestamptz end,
      settled_on = case when extract(isodow from t.due_on)::int = any (p.weekdays) then null else t.due_on end
    from care_plan p where p.id = t.plan_id and t.plan_id = ${planId} and t.due_on > ${dueOn} and t.state = 'open'`.execute(
    tx,
  );
}

export async function findContact(
  db: Db,
  id: string,
): Promise<{ communityId: string; personId: string | null } | undefined> {
  return db
    .selectFrom('care_contact as k')
    .innerJoin('household as h', 'h.id', 'k.household_id')
    .select(['h.community_id as communityId', 'k.person_id as personId'])
    .where('k.id', '=', id)
    .executeTakeFirst();
}

/** Takes a tick back, with everything that it counted for. */
export async function undoContact(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    const contact = await tx
      .selectFrom('care_contact as k')
      .innerJoin('household as h', 'h.id', 'k.household_id')
      .innerJoin('community as c', 'c.id', 'h.community_id')
      .select(['k.household_id as householdId', 'h.community_id as communityId', 'k.undone_at as undoneAt'])
      .select(['k.recorded_at as recordedAt', 'c.time_zone as timeZone'])
      .where('k.id', '=', id)
      .forUpdate('k')
      .executeTakeFirst();
    if (!contact) return refuse('not_found');
    if (contact.undoneAt) return saved(undefined);
    const undoneLate = toInstant(contact.recordedAt).until(now).total('hours') > UNDO_HOURS;
    if (undoneLate) return refuse('undo_too_late');
    await tx
      .updateTable('care_contact')
      .set({ undone_at: toDate(now), undone_by: signatureOf(by) })
      .where('id', '=', id)
      .execute();
    const today = localDateAt(now, contact.timeZone).toString();
    const ended = sql<boolean>`due_on < ${today} and not kind = any (${STANDING_KINDS})`;
    await sql`
      update care_task set state = case when ${ended} then 'missed' else 'open' end, contact_id = null, done_by = null,
        settled_at = case when ${ended} then ${toDate(now)}::timestamptz end, settled_on = case when ${ended} then due_on end
      where contact_id = ${id}`.execute(tx);
    await settleByContacts(tx, now, { householdId: contact.householdId });
    await announce(tx, { communityId: contact.communityId, householdIds: [contact.householdId] });
    await recordAudit(
      tx,
      { actor: by, action: 'care.undo', subjectKind: 'care_contact', subjectId: id },
      now,
    );
    return saved(undefined);
  });
}
