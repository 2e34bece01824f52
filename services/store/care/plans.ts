import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import type { CarePlanDraft, CarePlanView } from '#contracts/http/care.ts';
import type { Weekday } from '#pact/pact.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { isDate } from '../register/is-date.ts';
import { type Author, refuse, type Saved, saved, signatureOf } from '../register/refusal.ts';
import { isoOrNull } from '../today/iso.ts';
import { openPlanToday } from './open-care.ts';

const selectPlans = (db: Db | Tx) =>
  db
    .selectFrom('care_plan as p')
    .innerJoin('household as h', 'h.id', 'p.household_id')
    .innerJoin('community as c', 'c.id', 'h.community_id')
    .select([
      'p.id',
      'p.household_id as householdId',
      'h.community_id as communityId',
      'p.kind',
      'p.weekdays',
    ])
    .select([
      'p.from_on as fromOn',
      'p.ended_at as endedAt',
      'c.time_zone as timeZone',
      'h.code',
      'h.salutation',
    ]);

type Row = Awaited<ReturnType<ReturnType<typeof selectPlans>['executeTakeFirstOrThrow']>>;

const viewOf = ({ timeZone: _, ...row }: Row): CarePlanView => ({ ...row, endedAt: isoOrNull(row.endedAt) });

export async function findPlan(db: Db, id: string): Promise<CarePlanView | undefined> {
  const row = await selectPlans(db).where('p.id', '=', id).executeTakeFirst();
  return row && viewOf(row);
}

/** The plans that stand: of a home, or of a community by the numbers of its homes. */
export async function listPlans(
  db: Db,
  of: { householdId: string } | { communityId: string },
): Promise<CarePlanView[]> {
  let query = selectPlans(db).where('p.ended_at', 'is', null).where('h.removed_at', 'is', null);
  query =
    'householdId' in of
      ? query.where('p.household_id', '=', of.householdId)
      : query.where('h.community_id', '=', of.communityId);
  const rows = await query.orderBy(sql`length(h.code)`).orderBy('h.code').orderBy('p.created_at').execute();
  return rows.map(viewOf);
}

/** A home is visited or called by rule from now on, today included where its rule names today. */
export async function createPlan(
  db: Db,
  householdId: string,
  draft: CarePlanDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ id: string }>> {
  return db.transaction().execute(async (tx) => {
    const home = await tx
      .selectFrom('household as h')
      .innerJoin('community as c', 'c.id', 'h.community_id')
      .select(['c.id', 'c.time_zone as timeZone'])
      .where('h.id', '=', householdId)
      .where('h.removed_at', 'is', null)
      .where('h.is_canary', '=', false)
      .executeTakeFirst();
    if (!home) return refuse('not_found');
    const today = localDateAt(now, home.timeZone).toString();
    const fromOn = draft.fromOn ?? today;
    if (!isDate(fromOn)) return refuse('date_unreadable');
    if (Temporal.PlainDate.compare(fromOn, today) < 0) return refuse('already_over');
    const id = randomUUID();
    const made = await tx
      .insertInto('care_plan')
      .values({
        ...{ id, household_id: householdId, kind: draft.kind, weekdays: sorted(draft.weekdays) },
        ...{ from_on: fromOn, created_at: toDate(now), created_by: signatureOf(by) },
      })
      .onConflict((conflict) =>
        conflict.columns(['household_id', 'kind']).where('ended_at', 'is', null).doNothing(),
      )
      .returning('id')
      .executeTakeFirst();
    if (!made) return refuse('plan_exists');
    await openPlanToday(tx, home, id, now);
    await announce(tx, { communityId: home.id, householdIds: [householdId] });
    await recordAudit(
      tx,
      { actor: by, action: 'care.plan', subjectKind: 'household', subjectId: householdId },
      now,
    );
    return saved({ id });
  });
}

const sorted = (weekdays: readonly number[]): Weekday[] => ([...weekdays] as Weekday[]).sort();

/** Other days of the week, from today on. What is open stays open. */
export const changePlan = (
  db: Db,
  id: string,
  weekdays: readonly number[],
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> =>
  alter(db, id, { by, action: 'care.plan-change', now }, async (tx, plan) => {
    if (plan.endedAt) return refuse('already_closed');
    await tx
      .updateTable('care_plan')
      .set({ weekdays: sorted(weekdays) })
      .where('id', '=', id)
      .execute();
    await openPlanToday(tx, { id: plan.communityId, timeZone: plan.timeZone }, id, now);
    return saved(undefined);
  });

/** Nobody comes by this plan any more; what is open of it is excused. */
export const endPlan = (db: Db, id: string, by: Author, now: Temporal.Instant): Promise<Saved<undefined>> =>
  alter(db, id, { by, action: 'care.plan-end', now }, async (tx, plan) => {
    if (plan.endedAt) return refuse('already_closed');
    await tx
      .updateTable('care_plan')
      .set({ ended_at: toDate(now) })
      .where('id', '=', id)
      .execute();
    await tx
      .updateTable('care_task')
      .set({
        ...{ state: 'excused', reason: 'plan_ended', settled_at: toDate(now) },
        settled_on: localDateAt(now, plan.timeZone).toString(),
      })
      .where('plan_id', '=', id)
      .where('state', '=', 'open')
      .execute();
    return saved(undefined);
  });

/** It was ended by a slip: it stands again, with what was open when it ended. */
export const restorePlan = (
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> =>
  alter(db, id, { by, action: 'care.plan-restore', now }, async (tx, plan) => {
    if (!plan.endedAt) return saved(undefined);
    const another = await tx
      .selectFrom('care_plan')
      .select('id')
      .where('household_id', '=', plan.householdId)
      .where('kind', '=', plan.kind)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    if (another) return refuse('plan_exists');
    await tx.updateTable('care_plan').set({ ended_at: null }).where('id', '=', id).execute();
    await tx
      .updateTable('care_task')
      .set({ state: 'open', reason: null, settled_at: null, settled_on: null })
      .where('plan_id', '=', id)
      .where('reason', '=', 'plan_ended')
      .where('settled_at', '=', plan.endedAt)
      .where('settled_on', '=', localDateAt(now, plan.timeZone).toString())
      .execute();
    await openPlanToday(tx, { id: plan.communityId, timeZone: plan.timeZone }, id, now);
    return saved(undefined);
  });

async function alter(
  db: Db,
  id: string,
  { by, action, now }: { by: Author; action: string; now: Temporal.Instant },
  change: (tx: Tx, plan: Row) => Promise<Saved<undefined>>,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    // As much as is changed: the opening of the day, which refers to the plan, does not wait for it.
    const plan = await selectPlans(tx).where('p.id', '=', id).forNoKeyUpdate('p').executeTakeFirst();
    if (!plan) return refuse('not_found');
    const done = await change(tx, plan);
    if (!done.ok) return done;
    await announce(tx, { communityId: plan.communityId, householdIds: [plan.householdId] });
    await recordAudit(tx, { actor: by, action, subjectKind: 'care_plan', subjectId: id }, now);
    return done;
  });
}
