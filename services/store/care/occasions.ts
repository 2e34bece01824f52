import type { Temporal } from 'temporal-polyfill';
import type { OccasionView } from '#contracts/http/care.ts';
import { OCCASIONS } from '#pact/care.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import type { Author } from '../register/refusal.ts';

/** On what occasions a community's homes must be visited: the five as it wants them, then its own in their order. */
export async function listOccasions(db: Db | Tx, communityId: string): Promise<OccasionView[]> {
  const rows = await db
    .selectFrom('care_occasion')
    .select(['code', 'name', 'within_days as withinDays', 'removed_at as removedAt'])
    .where('community_id', '=', communityId)
    .orderBy('code')
    .execute();
  const own = new Map(rows.map((row) => [row.code, row]));
  const five = Object.entries(OCCASIONS).map(([code, withinDays]): OccasionView => {
    const changed = own.get(code);
    return { code, name: null, withinDays: changed?.withinDays ?? withinDays, inUse: !changed?.removedAt };
  });
  const others = rows
    .filter(({ code }) => !Object.hasOwn(OCCASIONS, code))
    .map(({ code, name, withinDays, removedAt }) => ({ code, name, withinDays, inUse: !removedAt }));
  return [...five, ...others];
}

/** Takes an occasion as a community wants it: one of the five, or one of its own by a name. */
export async function saveOccasion(
  db: Db,
  communityId: string,
  occasion: OccasionView,
  by: Author,
  now: Temporal.Instant,
): Promise<void> {
  const { code, name, withinDays, inUse } = occasion;
  const values = {
    name: Object.hasOwn(OCCASIONS, code) ? null : name,
    within_days: withinDays,
    removed_at: inUse ? null : toDate(now),
  };
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('care_occasion')
      .values({ community_id: communityId, code, ...values })
      .onConflict((conflict) => conflict.columns(['community_id', 'code']).doUpdateSet(values))
      .execute();
    await announce(tx, { communityId, householdIds: [] });
    await recordAudit(
      tx,
      { actor: by, action: 'care.occasion', subjectKind: 'community', subjectId: communityId },
      now,
    );
  });
}
