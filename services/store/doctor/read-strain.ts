import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';

/** What the database says of what wears a service down: who is silent, slow, crowded, of another time. */
export type Strain = {
  escalationAt: Date | null;
  /** The server's own time, to hold ours against. */
  serverAt: Date;
  connections: number;
  mostConnections: number;
  providersFailing: { name: string; failure: string; since: Date }[];
  /** Of the last hour's messages, how long nine of ten took until the provider had them. */
  acceptedSeconds: number | null;
  failures: { failure: string; count: number }[];
  /** Sensors that say more than any curtain has to, with the number of their home. */
  floods: { sensorId: string; code: string | null; count: number }[];
};

/** Of the last ten minutes; a sensor that opens, closes and beats all day long stays below that. */
const FLOOD = { minutes: 10, events: 500, newest: 50_000 };

export async function readStrain(db: Db, now: Temporal.Instant): Promise<Strain> {
  const hourAgo = toDate(now.subtract({ hours: 1 }));
  const { rows } = await sql<Strain>`
    select
      (select seen_at from watermark where name = 'escalation') as "escalationAt",
      -- What it did not say by itself: when this very statement's transaction began, by its own clock.
      (select xact_start from pg_stat_activity where pid = pg_backend_pid()) as "serverAt",
      (select count(*) from pg_stat_activity where backend_type = 'client backend')::int as connections,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as "mostConnections",
      coalesce((select json_agg(json_build_object('name', name, 'failure', failure, 'since', failing_since) order by name)
        from provider_health where failing_since is not null), '[]') as "providersFailing",
      (select percentile_disc(0.9) within group (order by extract(epoch from accepted_at - sending_at))::float8
        from message where direction = 'out' and accepted_at > ${hourAgo} and sending_at is not null) as "acceptedSeconds",
      coalesce((select json_agg(json_build_object('failure', failure, 'count', count) order by count desc)
        from (select failure, count(*)::int as count from message
          where direction = 'out' and state = 'failed' and settled_at > ${hourAgo} and failure not in ('stood_down', 'gave_up')
          group by 1) f), '[]') as failures,
      coalesce((select json_agg(json_build_object('sensorId', f.sensor_id, 'code', h.code, 'count', f.count) order by f.count desc)
        from (select sensor_id, count(*)::int as count
          from (select sensor_id, received_at from event order by id desc limit ${FLOOD.newest}) e
          where received_at > ${toDate(now.subtract({ minutes: FLOOD.minutes }))} and sensor_id is not null
          group by 1 having count(*) > ${FLOOD.events}) f
        left join sensor s on s.id = f.sensor_id left join household h on h.id = s.household_id), '[]') as floods`.execute(
    db,
  );
  const [strain] = rows;
  if (!strain) throw new Error('a query without a table gave no row');
  const since = (at: Date | string) => new Date(at);
  return {
    ...strain,
    providersFailing: strain.providersFailing.map((each) => ({ ...each, since: since(each.since) })),
  };
}
