import { type RawBuilder, sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { CommunityView } from '#contracts/http/account.ts';
import type { TodayChange, TodayView } from '#contracts/http/today.ts';
import { localDateAt } from '#pact/time-zone.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { wereDaysOpened } from '../ledger/homes-on.ts';
import { readCounts } from '../ledger/read-ledger.ts';
import { isHomeOf } from '../register/home-of.ts';
import { findCommunity } from './communities.ts';
import { readAlerts } from './read-alerts.ts';
import { readHomes } from './read-homes.ts';
import { listMessages, readFailingProviders } from './read-messages.ts';
import { readCanary, readLostSources, readOutages } from './read-warnings.ts';

const LATEST_MESSAGES = 50;

export type TodayRequest = {
  /** Without it the first community by name. */
  communityId?: string | undefined;
  /** For a steward only the homes that they look after; what is of the whole community is left out. */
  stewardId?: string | undefined;
  /** YYYY-MM-DD; without it today's date in the community. */
  date?: string | undefined;
  now: Temporal.Instant;
  clockSpeed: number;
};

/**
 * A community's morning, all of one moment. Today it shows every alert still open, whatever day it is of; on
 * another date the alerts of that day.
 * @returns undefined when there is no such community
 */
export async function readToday(db: Db, request: TodayRequest): Promise<TodayView | undefined> {
  return atOneMoment(db, async (tx) => {
    const community = await findCommunity(tx, request.communityId);
    if (!community) return undefined;
    const { now, clockSpeed, stewardId } = request;
    const today = localDateAt(now, community.timeZone).toString();
    const date = request.date ?? today;
    const isOurs = sql`a.community_id = ${community.id} and ${isHomeOf(stewardId, sql`a.household_id`)}`;
    const alerts =
      date === today ? sql`${isOurs} and a.status <> 'closed'` : sql`${isOurs} and a.on_date = ${date}`;
    return {
      communityId: community.id,
      community: community.name,
      timeZone: community.timeZone,
      clockSpeed,
      ...(await readView(tx, { community, stewardId, date, householdIds: 'all', alerts, now })),
    };
  });
}

export type TodayChangeRequest = {
  communityId: string;
  stewardId?: string | undefined;
  householdIds: readonly string[] | 'all';
  now: Temporal.Instant;
};

/**
 * What to merge into the last view after these homes have changed: the homes, their alerts that are open or
 * were closed today, and the latest messages.
 * @returns undefined when there is no such community
 */
export async function readTodayChange(db: Db, request: TodayChangeRequest): Promise<TodayChange | undefined> {
  return atOneMoment(db, async (tx) => {
    const community = await findCommunity(tx, request.communityId);
    if (!community) return undefined;
    const { now, householdIds, stewardId } = request;
    const today = localDateAt(now, community.timeZone);
    const midnight = today.toZonedDateTime(community.timeZone).toInstant();
    const theirs = householdIds === 'all' ? sql`true` : sql`a.household_id = any (${householdIds}::uuid[])`;
    const alerts = sql`a.community_id = ${community.id} and ${theirs} and ${isHomeOf(stewardId, sql`a.household_id`)}
      and (a.status <> 'closed' or a.closed_at >= ${toDate(midnight)})`;
    return readView(tx, { community, stewardId, date: today.toString(), householdIds, alerts, now });
  });
}

type ViewRequest = {
  community: CommunityView;
  stewardId: string | undefined;
  date: string;
  householdIds: readonly string[] | 'all';
  alerts: RawBuilder<unknown>;
  now: Temporal.Instant;
};

async function readView(tx: Tx, request: ViewRequest): Promise<TodayChange> {
  const { community, stewardId, date, householdIds, now } = request;
  const opened = await wereDaysOpened(tx, community, date, now);
  const messages = await listMessages(
    tx,
    { communityId: community.id, stewardId },
    { limit: LATEST_MESSAGES },
  );
  return {
    date,
    now: now.toString(),
    counts: await readCounts(tx, { communityId: community.id, stewardId, date, opened }),
    homes: await readHomes(tx, { communityId: community.id, stewardId, date, householdIds, opened }, now),
    alerts: await readAlerts(tx, request.alerts),
    messages: messages.items,
    providers: await readFailingProviders(tx),
    canary: stewardId ? null : await readCanary(tx, community.id, date),
    outages: stewardId ? [] : await readOutages(tx, community.id, date),
    lostSources: stewardId ? [] : await readLostSources(tx, community.id),
  };
}

const atOneMoment = <T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> =>
  db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work);
