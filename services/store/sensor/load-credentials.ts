import type pg from 'pg';

export type Credentials = {
  secretHash: Buffer;
  retired: boolean;
  /** Mounted the other way round: what it says is to be turned round before it is recorded. */
  reversed: boolean;
  /** A device of some source is paired with it, so that the bridge speaks for it. */
  paired: boolean;
  /** That device signs in here itself and speaks as its maker made it. */
  makers: boolean;
};

/** What CONNECT is checked against, for many sensors in one round trip. Unknown ids are missing from the map. */
export async function loadCredentials(
  pool: Pick<pg.Pool, 'query'>,
  sensorIds: readonly string[],
): Promise<Map<string, Credentials>> {
  const { rows } = await pool.query<Credentials & { id: string }>({
    name: 'pact-load-credentials',
    text: `
      select x.id, x.secret_hash as "secretHash", x.retired_at is not null as retired, x.reversed, d.paired, d.makers
      from sensor x cross join lateral (
        select count(*) > 0 as paired, coalesce(bool_or(s.format = 'maker_at_broker' and s.enabled
          and s.removed_at is null), false) as makers
        from device d join source s on s.id = d.source_id where d.sensor_id = x.id
      ) d where x.id = any($1::text[])`,
    values: [sensorIds],
  });
  return new Map(rows.map(({ id, ...credentials }) => [id, credentials]));
}
