import type pg from 'pg';

export type Credentials = { secretHash: Buffer; retired: boolean };

/** What CONNECT is checked against, for many sensors in one round trip. Unknown ids are missing from the map. */
export async function loadCredentials(
  pool: Pick<pg.Pool, 'query'>,
  sensorIds: readonly string[],
): Promise<Map<string, Credentials>> {
  const { rows } = await pool.query<{ id: string; secret_hash: Buffer; retired: boolean }>({
    name: 'pact-load-credentials',
    text: 'select id, secret_hash, retired_at is not null as retired from sensor where id = any($1::text[])',
    values: [sensorIds],
  });
  return new Map(rows.map((row) => [row.id, { secretHash: row.secret_hash, retired: row.retired }]));
}
