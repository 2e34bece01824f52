import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import type { LeaveDraft, LeaveView } from '#contracts/http/register/leave.ts';
import { MOST_LEAVE_DAYS_BY_LINK } from '#pact/leave.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce } from '../change-feed.ts';
import { countOf } from '../count-of.ts';
import type { Db, Tx } from '../database.ts';
import { inTransaction } from '../in-transaction.ts';
import { toDate } from '../instant.ts';
import { tellOfLeave } from '../leave/tell-leave.ts';
import { iso, isoOrNull } from '../today/iso.ts';
import { isDate } from './is-date.ts';
import { type Author, refuse, type Saved, saved, signatureOf } from './refusal.ts';

const selectLeaves = (db: Db | Tx) =>
  db
    .selectFrom('leave as l')
    .innerJoin('household as h', 'h.id', 'l.household_id')
    .leftJoin('person as p', 'p.id', 'l.asked_by')
    .select([
      'l.id',
      'l.household_id as householdId',
      'h.community_id as communityId',
      'h.code',
      'h.salutation',
    ])
    .select(['p.name as askedBy', 'l.opened_at as openedAt', 'l.back'])
    .select(['l.from_on as fromOn', 'l.until_on as untilOn', 'l.reason', 'l.created_at as createdAt'])
    .select('l.cancelled_at as cancelledAt');

type Row = Awaited<ReturnType<ReturnType<typeof selectLeaves>['executeTakeFirstOrThrow']>>;

const viewOf = (row: Row): LeaveView => ({
  ...row,
  createdAt: iso(row.createdAt),
  openedAt: isoOrNull(row.openedAt),
  cancelledAt: isoOrNull(row.cancelledAt),
});

export async function findLeave(db: Db, id: string): Promise<LeaveView | undefined> {
  const row = await selectLeaves(db).where('l.id', '=', id).executeTakeFirst();
  return row && viewOf(row);
}

export async function findLeavesOf(db: Db, householdId: string): Promise<LeaveView[]> {
  const rows = await selectLeaves(db)
    .where('l.household_id', '=', householdId)
    .orderBy('l.from_on', 'desc')
    .execute();
  return rows.map(viewOf);
}

/** Leaves that hold on `onDate` or later, the next ones first; without a date all of them. */
export async function listLeaves(
  db: Db,
  page: { communityId?: string | undefined; onDate?: string | undefined; limit: number; offset: number },
): Promise<{ items: LeaveView[]; total: number }> {
  let query = selectLeaves(db);
  if (page.communityId) query = query.where('h.community_id', '=', page.communityId);
  if (page.onDate) query = query.where('l.until_on', '>=', page.onDate).where('l.cancelled_at', 'is', null);
  const total = await countOf(query);
  const rows = await query
    .orderBy('l.from_on')
    .orderBy('l.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return { items: rows.map(viewOf), total };
}

/** Who has said a leave, where it was not the office: they are reminded of its end, and the others are told of it. */
export type Asker = { personId: string; leaveId?: string };

/**
 * The household is away from `fromOn` to `untilOn`, both included. Days that are judged stay as they are;
 * the opening of the day excuses those that lie ahead.
 * @param asker its `leaveId` makes a leave that is sent twice one
 */
export async function createLeave(
  db: Db | Tx,
  draft: LeaveDraft,
  by: Author,
  now: Temporal.Instant,
  asker?: Asker,
): Promise<Saved<{ id: string }>> {
  const { householdId, fromOn, untilOn, reason = null } = draft;
  return inTransaction(db, async (tx) => {
    const home = await tx
      .selectFrom('household as h')
      .innerJoin('community as c', 'c.id', 'h.community_id')
      .select(['h.community_id as communityId', 'c.time_zone as timeZone', 'h.code', 'h.salutation'])
      .where('h.id', '=', householdId)
      .where('h.removed_at', 'is', null)
      .where('h.is_canary', '=', false)
      .executeTakeFirst();
    if (!home) return refuse('not_found');
    if (!isDate(fromOn) || !isDate(untilOn)) return refuse('date_unreadable');
    if (Temporal.PlainDate.compare(untilOn, fromOn) < 0) return refuse('ends_before_it_starts');
    const today = localDateAt(now, home.timeZone);
    if (Temporal.PlainDate.compare(untilOn, today) < 0) return refuse('already_over');
    if (asker && Temporal.PlainDate.from(fromOn).until(untilOn).days >= MOST_LEAVE_DAYS_BY_LINK)
      return refuse('leave_too_long');
    const id = asker?.leaveId ?? randomUUID();
    const made = await tx
      .insertInto('leave')
      .values({
        ...{ id, household_id: householdId, from_on: fromOn, until_on: untilOn, reason },
        ...{ created_at: toDate(now), created_by: signatureOf(by), asked_by: asker?.personId ?? null },
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!made) return saved({ id });
    await announce(tx, { communityId: home.communityId, householdIds: [householdId] });
    await recordAudit(tx, { actor: by, action: 'leave.create', subjectKind: 'leave', subjectId: id }, now);
    if (asker) {
      const { communityId, code, salutation } = home;
      const notice = { kind: 'leave_said' as const, code, salutation, fromOn, untilOn };
      await tellOfLeave(tx, { leaveId: id, householdId, communityId }, { notice, by: asker.personId }, now);
    }
    return saved({ id });
  });
}

/** They come back later, or earlier: `untilOn` is the last day away, today at the earliest. */
export const changeLeave = (
  db: Db,
  id: string,
  untilOn: string,
  by: Author,
  now: Temporal.Instant,
  asker?: Asker,
): Promise<Saved<undefined>> =>
  alter(db, id, { by, action: 'leave.change', now }, async (tx, leave) => {
    // Who was said to be back and goes again says a new one: this one asks nothing any more.
    if (leave.cancelledAt || leave.back) return refuse('already_closed');
    if (!isDate(untilOn)) return refuse('date_unreadable');
    if (Temporal.PlainDate.compare(untilOn, leave.fromOn) < 0) return refuse('ends_before_it_starts');
    if (Temporal.PlainDate.compare(untilOn, localDateAt(now, leave.timeZone)) < 0)
      return refuse('already_over');
    if (asker && Temporal.PlainDate.from(leave.fromOn).until(untilOn).days >= MOST_LEAVE_DAYS_BY_LINK)
      return refuse('leave_too_long');
    await tx
      .updateTable('leave')
      .set({ until_on: untilOn, ...(asker ? { asked_by: asker.personId } : {}) })
      .where('id', '=', id)
      .execute();
    if (asker) {
      const { code, salutation, fromOn } = leave;
      const notice = { kind: 'leave_said' as const, code, salutation, fromOn, untilOn };
      await tellOfLeave(tx, { ...leave, leaveId: id }, { notice, by: asker.personId }, now);
    }
    return saved(undefined);
  });

/**
 * Answers whether somebody is back whose curtain opened in the middle of a leave. Who is back has been seen by whoever
 * says so: the leave ends with today, and from tomorrow on the home is watched.
 */
export const answerWhetherBack = (
  db: Db,
  id: string,
  back: boolean,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> =>
  alter(db, id, { by, action: back ? 'leave.back' : 'leave.not-back', now }, async (tx, leave) => {
    if (leave.cancelledAt) return refuse('already_closed');
    const today = localDateAt(now, leave.timeZone);
    if (Temporal.PlainDate.compare(leave.fromOn, today) > 0) return refuse('date_ahead');
    const endsEarlier = back && Temporal.PlainDate.compare(leave.untilOn, today) > 0;
    await tx
      .updateTable('leave')
      .set({ back, ...(endsEarlier ? { until_on: today.toString() } : {}) })
      .where('id', '=', id)
      .execute();
    return saved(undefined);
  });

/** They did not go: days that lie ahead are watched over again. */
export const cancelLeave = (
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
  asker?: Asker,
): Promise<Saved<undefined>> =>
  alter(db, id, { by, action: 'leave.cancel', now }, async (tx, leave) => {
    if (leave.cancelledAt) return refuse('already_closed');
    await tx
      .updateTable('leave')
      .set({ cancelled_at: toDate(now) })
      .where('id', '=', id)
      .execute();
    if (asker) {
      const { code, salutation } = leave;
      const notice = { kind: 'leave_cancelled' as const, code, salutation };
      await tellOfLeave(tx, { ...leave, leaveId: id }, { notice, by: asker.personId }, now);
    }
    return saved(undefined);
  });

/** It was cancelled by a slip: it stands again, as far as it lies ahead. */
export const restoreLeave = (
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> =>
  alter(db, id, { by, action: 'leave.restore', now }, async (tx, leave) => {
    if (Temporal.PlainDate.compare(leave.untilOn, localDateAt(now, leave.timeZone)) < 0)
      return refuse('already_over');
    await tx.updateTable('leave').set({ cancelled_at: null }).where('id', '=', id).execute();
    return saved(undefined);
  });

type Altered = Row & { timeZone: string };

/** Locks a leave, changes it, tells the boards, and writes who did it. */
async function alter(
  db: Db,
  id: string,
  { by, action, now }: { by: Author; action: string; now: Temporal.Instant },
  change: (tx: Tx, leave: Altered) => Promise<Saved<undefined>>,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    const leave = await selectLeaves(tx)
      .innerJoin('community as c', 'c.id', 'h.community_id')
      .select('c.time_zone as timeZone')
      .where('l.id', '=', id)
      .forUpdate('l')
      .executeTakeFirst();
    if (!leave) return refuse('not_found');
    const done = await change(tx, leave);
    if (!done.ok) return done;
    await announce(tx, { communityId: leave.communityId, householdIds: [leave.householdId] });
    await recordAudit(tx, { actor: by, action, subjectKind: 'leave', subjectId: id }, now);
    return done;
  });
}
