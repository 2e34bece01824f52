import { sql } from 'kysely';
import type { Db, Tx } from './database.ts';

/** The channel on which boards hear that something they show has changed. */
export const CHANGE_CHANNEL = 'pact_change';

/** The channel on which rules hears that the broker stored something worth judging. */
export const EVENT_CHANNEL = 'pact_event';

/** The channel on which brokers hear that a sensor's secret holds no longer. */
export const REVOKED_CHANNEL = 'pact_sensor_revoked';

/** The channel on which the bridge hears that sources, devices or codecs are set up otherwise. */
export const BRIDGE_CHANNEL = 'pact_bridge';

/** PostgreSQL's limit for a notification is 8,000 bytes; a community with more changes is read anew whole. */
const MOST_HOUSEHOLDS = 150;

export type Change = { community: string; households?: string[] } | typeof SESSIONS_ENDED;

const SESSIONS_ENDED = { sessionsEnded: true } as const;

/** Tells every board, once this transaction commits, to see whether its own session still lasts. */
export async function announceSessionsEnded(tx: Tx): Promise<void> {
  await sql`select pg_notify(${CHANGE_CHANNEL}, ${JSON.stringify(SESSIONS_ENDED)})`.execute(tx);
}

/** Tells every board, once this transaction commits, which homes of a community have changed. */
export async function announce(
  db: Db | Tx,
  change: { communityId: string; householdIds: readonly string[] },
): Promise<void> {
  const households = [...new Set(change.householdIds)];
  const payload: Change =
    households.length > MOST_HOUSEHOLDS
      ? { community: change.communityId }
      : { community: change.communityId, households };
  await sql`select pg_notify(${CHANGE_CHANNEL}, ${JSON.stringify(payload)})`.execute(db);
}

/** Tells every board to read anew what is about no home. */
export async function announceEverywhere(tx: Tx): Promise<void> {
  await sql`
    select pg_notify(${CHANGE_CHANNEL}, json_build_object('community', id, 'households', json_build_array())::text)
    from community`.execute(tx);
}

/** `announce` for homes of several communities at once. */
export async function announceAll(
  db: Db | Tx,
  homes: readonly { communityId: string; householdId: string }[],
): Promise<void> {
  const byCommunity = Map.groupBy(homes, (home) => home.communityId);
  for (const [communityId, group] of byCommunity) {
    await announce(db, { communityId, householdIds: group.map((home) => home.householdId) });
  }
}

/** Tells every broker, once this transaction commits, to end the connection of a sensor. */
export async function announceRevoked(tx: Tx, sensorId: string): Promise<void> {
  await sql`select pg_notify(${REVOKED_CHANNEL}, ${sensorId})`.execute(tx);
}

/** Tells the bridge, once this transaction commits, to read its settings anew. */
export async function announceBridge(tx: Tx): Promise<void> {
  await sql`select pg_notify(${BRIDGE_CHANNEL}, '')`.execute(tx);
}

/** `announceBridge` where one of these sensors is a device's of the bridge. */
export async function announceBridged(tx: Tx, sensorIds: readonly string[]): Promise<void> {
  await sql`
    select pg_notify(${BRIDGE_CHANNEL}, '')
    where exists (select from device where sensor_id = any (${sensorIds}::text[]))`.execute(tx);
}
