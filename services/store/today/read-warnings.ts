import { sql } from 'kysely';
import type { CanaryView, LostSourceView, OutageView } from '#contracts/http/today.ts';
import type { Tx } from '../database.ts';
import { iso, isoOrNull } from './iso.ts';

/** How the canary of a date stands; null where there is none. */
export async function readCanary(tx: Tx, communityId: string, date: string): Promise<CanaryView | null> {
  const { rows } = await sql<{ state: CanaryView['state']; at: Date; failedAt: Date | null }>`
    select coalesce(k.state, 'waiting') as state, coalesce(k.at, d.deadline_at) as at, k.failed_at as "failedAt"
    from household h join pact_day d on d.household_id = h.id and d.on_date = ${date}
    left join canary_check k on k.community_id = h.community_id and k.on_date = d.on_date
    where h.community_id = ${communityId} and h.is_canary and h.removed_at is null and d.verdict <> 'excused'`.execute(
    tx,
  );
  const [row] = rows;
  return row ? { ...row, at: iso(row.at), failedAt: isoOrNull(row.failedAt) } : null;
}

/** Outages that go on, or went on during the date, the newest first. */
export async function readOutages(tx: Tx, communityId: string, date: string): Promise<OutageView[]> {
  const { rows } = await sql<Omit<OutageView, 'beganAt'> & { beganAt: Date }>`
    select o.id, o.cause, o.subject, o.began_at as "beganAt",
      array(select h.code from household h where h.id = any (o.household_ids) order by h.code) as codes
    from outage o where o.community_id = ${communityId} and o.ended_at is null and o.on_date <= ${date}
    order by o.began_at desc, o.id`.execute(tx);
  return rows.map((row) => ({ ...row, beganAt: iso(row.beganAt) }));
}

/** Sources in use that are away or refuse us while homes are seen by them, those longest away on top. */
export async function readLostSources(tx: Tx, communityId: string): Promise<LostSourceView[]> {
  const { rows } = await sql<Omit<LostSourceView, 'since'> & { since: Date }>`
    select o.id, o.name, o.state_at as since, count(distinct s.household_id)::int as homes
    from source o join device d on d.source_id = o.id and d.ignored_at is null
    join sensor s on s.id = d.sensor_id and s.retired_at is null and s.household_id is not null
    where o.community_id = ${communityId} and o.removed_at is null and o.enabled and o.state in ('away', 'refused')
    group by o.id order by o.state_at, o.id`.execute(tx);
  return rows.map((row) => ({ ...row, since: iso(row.since) }));
}
