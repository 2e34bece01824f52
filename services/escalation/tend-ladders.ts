import type { Temporal } from 'temporal-polyfill';
import type { Clock } from '#platform/clock.ts';
import { advanceDueAlerts } from '#store/alert/change-alert.ts';
import { findNextDue, type NextDue } from '#store/alert/next-due.ts';
import type { Db } from '#store/database.ts';

export type Tending = {
  db: Db;
  clock: Clock;
  /** Takes the steps of so many alerts at most that are due; the count of those it took. */
  advance?: (db: Db, now: Temporal.Instant, limit: number) => Promise<number>;
  /** Sends messages that are due; the count of those it took. */
  deliverDue(): Promise<number>;
  /** No further rounds then. */
  signal?: AbortSignal;
};

const BATCH = 500;

/**
 * One round of the ladders, by a job or by a sweep: the steps that are due, then the messages. Most rounds find by one
 * question that nothing is.
 * @returns when the next falls due
 */
export async function tendLadders(tending: Tending): Promise<NextDue> {
  const { db, clock, advance = advanceDueAlerts } = tending;
  const next = await findNextDue(db, clock.now());
  const isDue = (at: Temporal.Instant | undefined) =>
    at !== undefined && at.epochMilliseconds <= clock.now().epochMilliseconds;
  if (![next.step, next.message, next.leaseEnd].some(isDue)) return next;
  for (let taken = isDue(next.step) ? BATCH : 0; taken === BATCH; )
    taken = await advance(db, clock.now(), BATCH);
  return deliverAll(tending);
}

/** Sends what is due until nothing is. @returns when the next falls due */
export async function deliverAll({ db, clock, deliverDue, signal }: Tending): Promise<NextDue> {
  while ((await deliverDue()) > 0 && !signal?.aborted);
  return findNextDue(db, clock.now());
}
