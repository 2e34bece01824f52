import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Db, Tables } from './database.ts';

const DATE = 1082;
const INT8 = 20;

/** Local dates stay text and 64-bit counters become numbers: both are safe in our ranges. */
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === DATE) return (value: string) => value;
    if (oid === INT8) return Number;
    return pg.types.getTypeParser(oid, format as 'text');
  }) as typeof pg.types.getTypeParser,
};

export type PoolOptions = {
  connectionString: string;
  /** Connections at most. */
  size: number;
  name: string;
  /** Told of connections that broke while idle; a pool without a listener would end the process. */
  onError: (error: Error) => void;
};

/** A pool whose queries fail within bounded time when the server is frozen or away. */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.size,
    application_name: options.name,
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
    idleTimeoutMillis: 30_000,
    types,
  });
  pool.on('error', options.onError);
  // The pool listens to idle clients only: one that breaks between two statements of a transaction would end
  // the process. Whoever holds it hears of it at the next statement.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** The typed database over a pool. `destroy()` ends the pool too. */
export function createDatabase(pool: pg.Pool): Db {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
