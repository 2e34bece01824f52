import type pg from 'pg';

export type Credentials = {
  secretHash: Buffer;
  retired: boolean;
  /** Mounted the other way round: what it says is to be turned round before it is recorded. */
  reversed: boolean;
};

/** What CONNECT is checked against, for many sensors in one round trip. Unknown ids are missing from the map. */
export async function loadCredentials(
  pool: Pick<pg.Pool, 'query'>,
  sensorIds: readonly string[],
): Promise<Map<string, Credentials>> {
  const { rows } = await pool.query<{ id: string; secret_hash: Buffer; retired: boolean; reversed: boolean }>(
    {
      name: 'pact-load-credentials',
      text: 'select id, secret_hash, retired_at is not null as retired, reversed from sensor where id = any($1::text[])',
      values: [sensorIds],
    },
  );
  return new Map(
    rows.map(({ id, secret_hash, retired, reversed }) => [
      id,
      { secretHash: secret_hash, retired, reversed },
    ]),
  );
}
