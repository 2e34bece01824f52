import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { announceAll } from '../change-feed.ts';
import type { Db } from '../database.ts';
import { toDate, toInstant } from '../instant.ts';

/** A message that is ours to send until `leaseUntil`. */
export type DueMessage = {
  id: string;
  kind: 'page' | 'stand_down' | 'answer';
  phone: string;
  text: string;
  attempts: number;
  createdAt: Temporal.Instant;
  firstTriedAt: Temporal.Instant;
  leaseUntil: Temporal.Instant;
  /** An earlier attempt may have been accepted: ask the provider before sending again (invariant 4). */
  mustSettle: boolean;
  /** A page for an alert that is closed by now: nobody is to be called any more. */
  isPointless: boolean;
};

type Row = Omit<DueMessage, 'createdAt' | 'firstTriedAt' | 'leaseUntil'> & {
  createdAt: Date;
  firstTriedAt: Date;
  communityId: string | null;
  householdId: string | null;
};

/**
 * Takes up to `limit` messages whose time has come, and those that somebody took and never recorded within
 * the lease. Any number of processes may take at once. A message is 'sending' from here on, until its fate
 * is recorded; `leaseMs` counts in the clock's time and must outlast one attempt.
 */
export async function takeDueMessages(
  db: Db,
  now: Temporal.Instant,
  limit: number,
  leaseMs: number,
): Promise<DueMessage[]> {
  const leaseUntil = now.add({ milliseconds: leaseMs });
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<Row>`
      with due as (
        select id, state from message where state in ('planned', 'sending') and next_attempt_at <= ${toDate(now)}
        order by next_attempt_at, created_at, id limit ${limit} for update skip locked
      ), taken as (
        update message m set state = 'sending', attempts = m.attempts + 1, next_attempt_at = ${toDate(leaseUntil)},
          sending_at = coalesce(m.sending_at, ${toDate(now)}::timestamptz)
        from due where m.id = due.id returning m.*, due.state as was
      )
      select t.id, t.kind, t.phone, t.text, t.attempts, t.created_at as "createdAt", t.sending_at as "firstTriedAt",
        t.was = 'sending' as "mustSettle", t.kind = 'page' and a.status = 'closed' as "isPointless",
        t.community_id as "communityId", a.household_id as "householdId"
      from taken t left join alert a on a.id = t.alert_id order by t.created_at, t.id`.execute(tx);
    await announceAll(tx, rows.flatMap(homeOf));
    return rows.map(({ communityId: _, householdId: __, ...row }) => ({
      ...row,
      isPointless: row.isPointless === true,
      createdAt: toInstant(row.createdAt),
      firstTriedAt: toInstant(row.firstTriedAt),
      leaseUntil,
    }));
  });
}

const homeOf = ({ communityId, householdId }: Row) =>
  communityId && householdId ? [{ communityId, householdId }] : [];
