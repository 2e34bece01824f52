import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { settleByContacts } from '../care/settle-care.ts';
import { EVENT_CHANNEL } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { closeLookIns } from '../ticket/look-in.ts';

export type Sighting = {
  householdId: string;
  /** With somebody's own eyes, or the elder's own key in a call of ours. */
  kind: 'seen' | 'called';
  /** When the elder was seen, where that was said; else now. */
  at?: Temporal.Instant | undefined;
  /** The account or token that wrote it down; nobody did where a call was answered. */
  recordedBy: string | null;
};

/**
 * Stores that the elder was seen or heard, as a signal like any other: rules weighs it, awake at once. Whoever was
 * asked to look in on her need not any more, and what the day's care asks for is done.
 */
export async function recordSighting(tx: Tx, sighting: Sighting, now: Temporal.Instant): Promise<void> {
  await tx
    .insertInto('event')
    .values({
      sensor_id: null,
      household_id: sighting.householdId,
      type: sighting.kind,
      at: toDate(sighting.at ?? now),
      at_source: sighting.at ? 'device' : 'received',
      device_at: sighting.at ? toDate(sighting.at) : null,
      received_at: toDate(now),
      opening: true,
      judged: false,
      recorded_by: sighting.recordedBy,
    })
    .execute();
  // In the order in which a tick on a steward's list takes them: two at once never wait for each other.
  await settleByContacts(tx, now, { householdId: sighting.householdId });
  await closeLookIns(tx, now, sighting.householdId);
  await sql`select pg_notify(${EVENT_CHANNEL}, '')`.execute(tx);
}

/** The community of a household that is in the register. */
export async function findHouseholdCommunity(
  db: Db,
  householdId: string,
): Promise<{ communityId: string } | undefined> {
  return db
    .selectFrom('household')
    .select('community_id as communityId')
    .where('id', '=', householdId)
    .where('removed_at', 'is', null)
    .where('is_canary', '=', false)
    .executeTakeFirst();
}
