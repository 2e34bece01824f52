import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { StormInput } from '#pact/storm.ts';
import { LEAST_MISSING, LEAST_TOGETHER } from '#pact/storm.ts';
import type { Db, Tx } from '../database.ts';
import { toDate, toInstant, toInstantOrUndefined } from '../instant.ts';

export type StormCommunity = { id: string; timeZone: string; stormPercent: number };

/** Communities with an outage, or with as many silent or missed homes as one takes; the others are not read. */
export async function findTroubled(db: Db, now: Temporal.Instant): Promise<StormCommunity[]> {
  const at = toDate(now);
  const { rows } = await sql<StormCommunity>`
    with troubled as (
      select h.community_id from sensor s join sensor_state t on t.sensor_id = s.id join household h on h.id = s.household_id
      where s.retired_at is null and h.removed_at is null and t.last_seen_at < ${at}::timestamptz - s.silence_minutes * interval '1 minute'
      group by h.community_id having count(distinct h.id) >= ${LEAST_TOGETHER}
      union select a.community_id from alert a join household h on h.id = a.household_id and not h.is_canary
      where a.status <> 'closed' group by a.community_id having count(*) >= ${LEAST_MISSING}
      union select community_id from outage where ended_at is null
    )
    select c.id, c.time_zone as "timeZone", c.storm_percent as "stormPercent"
    from troubled join community c on c.id = troubled.community_id order by c.id`.execute(db);
  return rows;
}

/**
 * A community's homes with a sensor that has spoken, and its missed days that are still open. A home hangs on
 * what any of its sensors hangs on, and is silent since the last of them was.
 */
export async function readStorm(
  tx: Tx,
  { id, timeZone, stormPercent }: StormCommunity,
  now: Temporal.Instant,
): Promise<StormInput> {
  const at = toDate(now);
  const { rows: homes } = await sql<{
    householdId: string;
    building: string;
    gateway: string | null;
    broker: string | null;
    silentSince: Date | null;
  }>`
    select h.id as "householdId", h.building, min(s.gateway) as gateway, min(split_part(t.connection, '/', 1)) as broker,
      case when bool_and(t.last_seen_at < ${at}::timestamptz - s.silence_minutes * interval '1 minute')
        then max(t.last_seen_at) end as "silentSince"
    from household h join sensor s on s.household_id = h.id and s.retired_at is null
    join sensor_state t on t.sensor_id = s.id
    where h.community_id = ${id} and h.removed_at is null and not h.is_canary and t.last_seen_at is not null
    group by h.id order by h.id`.execute(tx);
  const { rows: days } = await sql<{ enrolled: number; missing: { id: string; since: string }[] | null }>`
    select count(*)::int as enrolled, json_agg(json_build_object('id', d.household_id, 'since', d.deadline_at))
      filter (where d.verdict = 'missed' and d.closed_as = 'unresolved') as missing
    from pact_day d join household h on h.id = d.household_id and not h.is_canary
    where d.community_id = ${id} and d.on_date = (${at}::timestamptz at time zone ${timeZone})::date`.execute(
    tx,
  );
  const { enrolled = 0, missing = [] } = days[0] ?? {};
  return {
    homes: homes.map(({ householdId, building, gateway, broker, silentSince }) => ({
      householdId,
      building,
      gateway: gateway ?? undefined,
      broker: broker || undefined,
      silentSince: toInstantOrUndefined(silentSince),
    })),
    missing: (missing ?? []).map(({ id: householdId, since }) => ({
      householdId,
      since: toInstant(new Date(since)),
    })),
    enrolled,
    stormPercent,
  };
}
