import type pg from 'pg';

export type Unread = {
  sensorId: string;
  receivedAt: Date;
  topic: string;
  reason: string;
  payload: Uint8Array;
};

/** Payloads kept of each sensor: the newest ones, so that its card shows what it sends now. */
export const MOST_QUARANTINED = 20;
const MOST_BYTES = 1_024;

/** Keeps payloads that could not be read, bounded for each sensor, and counts all of them. */
export async function quarantine(pool: Pick<pg.Pool, 'query'>, unread: readonly Unread[]): Promise<void> {
  const counts = new Map<string, number>();
  for (const { sensorId } of unread) counts.set(sensorId, (counts.get(sensorId) ?? 0) + 1);
  const kept = [...Map.groupBy(unread, (item) => item.sensorId).values()].flatMap((items) =>
    items.slice(-MOST_QUARANTINED),
  );
  await pool.query({
    name: 'pact-quarantine',
    text: `
      with c as (select * from unnest($1::text[], $2::integer[]) as c(sensor_id, n)),
      counted as (
        insert into sensor_state as s (sensor_id, household_id, quarantined)
        select x.id, x.household_id, c.n from c join sensor x on x.id = c.sensor_id order by x.id
        on conflict (sensor_id) do update set quarantined = s.quarantined + excluded.quarantined
      ), pruned as (
        delete from quarantine where id in (
          select q.id from (
            select id, sensor_id, row_number() over (partition by sensor_id order by id desc) as place
            from quarantine where sensor_id = any($1::text[])
          ) q join c on c.sensor_id = q.sensor_id where q.place > ${MOST_QUARANTINED} - c.n)
      )
      insert into quarantine (sensor_id, received_at, topic, reason, payload, size)
      select q.sensor_id, q.received_at, q.topic, q.reason, decode(q.payload, 'hex'), q.size
      from unnest($3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::integer[])
        with ordinality as q(sensor_id, received_at, topic, reason, payload, size, n)
      where exists (select 1 from sensor x where x.id = q.sensor_id)
      order by q.n`,
    values: [
      [...counts.keys()],
      [...counts.values()],
      kept.map((item) => item.sensorId),
      kept.map((item) => item.receivedAt),
      kept.map((item) => item.topic),
      kept.map((item) => item.reason),
      kept.map((item) => Buffer.from(item.payload.subarray(0, MOST_BYTES)).toString('hex')),
      kept.map((item) => item.payload.length),
    ],
  });
}
