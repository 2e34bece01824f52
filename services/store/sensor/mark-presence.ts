import type pg from 'pg';

/**
 * `connection` names one connection to one broker. `again` is what a broker repeats that was taken for dead: news only
 * where the sensor has not come to another meanwhile.
 */
export type Presence = { sensorId: string; online: boolean; connection: string; again?: boolean };

/**
 * Says which sensors are connected, at most once for each. `offline` holds only for the connection that is
 * known: a broker that notices late that a sensor has moved on does not take it off another broker's hands.
 */
export async function markPresence(
  pool: Pick<pg.Pool, 'query'>,
  presences: readonly Presence[],
): Promise<void> {
  await pool.query({
    name: 'pact-mark-presence',
    text: `
      with p as (select * from unnest($1::text[], $2::boolean[], $3::text[], $4::boolean[]) as p(sensor_id, online, connection, again)),
      gone as (
        update sensor_state s set online = false from p
        where not p.online and s.sensor_id = p.sensor_id and s.connection = p.connection
      ), back as (
        update sensor_state s set online = true, connection = p.connection from p
        where p.online and p.again and s.sensor_id = p.sensor_id and not s.online
      )
      insert into sensor_state as s (sensor_id, household_id, online, connection)
      select x.id, x.household_id, true, p.connection from p join sensor x on x.id = p.sensor_id
      where p.online and not p.again order by x.id
      on conflict (sensor_id) do update set online = true, connection = excluded.connection`,
    values: [
      presences.map((presence) => presence.sensorId),
      presences.map((presence) => presence.online),
      presences.map((presence) => presence.connection),
      presences.map((presence) => presence.again === true),
    ],
  });
}
