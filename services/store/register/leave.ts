import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import type { LeaveDraft, LeaveView } from '#contracts/http/register/leave.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { iso, isoOrNull } from '../today/iso.ts';
import { isDate } from './is-date.ts';
import { type Author, refuse, type Saved, saved, signatureOf } from './refusal.ts';

const selectLeaves = (db: Db | Tx) =>
  db
    .selectFrom('leave as l')
    .innerJoin('household as h', 'h.id', 'l.household_id')
    .select(['l.id', 'l.household_id as householdId', 'h.community_id as communityId', 'h.code'])
    .select(['l.from_on as fromOn', 'l.until_on as untilOn', 'l.reason', 'l.created_at as createdAt'])
    .select('l.cancelled_at as cancelledAt');

type Row = Awaited<ReturnType<ReturnType<typeof selectLeaves>['executeTakeFirstOrThrow']>>;

const viewOf = (row: Row): LeaveView => ({
  ...row,
  createdAt: iso(row.createdAt),
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
  const { total } = await query
    .clearSelect()
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await query
    .orderBy('l.from_on')
    .orderBy('l.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  return { items: rows.map(viewOf), total };
}

/**
 * The household is away from `fromOn` to `untilOn`, both included. Days that are judged stay as they are;
 * the opening of the day excuses those that lie ahead.
 */
export async function createLeave(
  db: Db,
  draft: LeaveDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ id: string }>> {
  const { householdId, fromOn, untilOn, reason = null } = draft;
  return db.transaction().execute(async (tx) => {
    const home = await tx
      .selectFrom('household as h')
      .innerJoin('community as c', 'c.id', 'h.community_id')
      .select(['h.community_id as communityId', 'c.time_zone as timeZone'])
      .where('h.id', '=', householdId)
      .where('h.removed_at', 'is', null)
      .where('h.is_canary', '=', false)
      .executeTakeFirst();
    if (!home) return refuse('not_found');
    if (!isDate(fromOn) || !isDate(untilOn)) return refuse('date_unreadable');
    if (Temporal.PlainDate.compare(untilOn, fromOn) < 0) return refuse('ends_before_it_starts');
    const today = localDateAt(now, home.timeZone);
    if (Temporal.PlainDate.compare(untilOn, today) < 0) return refuse('already_over');
    const id = randomUUID();
    await tx
      .insertInto('leave')
      .values({
        id,
        household_id: householdId,
        from_on: fromOn,
        until_on: untilOn,
        reason,
        created_at: toDate(now),
        created_by: signatureOf(by),
      })
      .execute();
    await announce(tx, { communityId: home.communityId, householdIds: [householdId] });
    await recordAudit(tx, { actor: by, action: 'leave.create', subjectKind: 'leave', subjectId: id }, now);
    return saved({ id });
  });
}

/** They are back, or did not go: days that lie ahead are watched over again. */
export async function cancelLeave(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    const leave = await selectLeaves(tx).where('l.id', '=', id).forUpdate('l').executeTakeFirst();
    if (!leave) return refuse('not_found');
    if (leave.cancelledAt) return refuse('already_closed');
    await tx
      .updateTable('leave')
      .set({ cancelled_at: toDate(now) })
      .where('id', '=', id)
      .execute();
    await announce(tx, { communityId: leave.communityId, householdIds: [leave.householdId] });
    await recordAudit(tx, { actor: by, action: 'leave.cancel', subjectKind: 'leave', subjectId: id }, now);
    return saved(undefined);
  });
}
