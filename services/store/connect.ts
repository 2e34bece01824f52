import { Kysely, type LogEvent, PostgresDialect } from 'kysely';
import pg from 'pg';
import { isTracing, noteChild } from '#platform/tracing.ts';
import type { Db, Tables } from './database.ts';
import { leaveSilent } from './leave-silent.ts';

const MOST_OF_STATEMENT = 1_000;
const DATE = 1082;
const INT8 = 20;

/** Local dates stay text and 64-bit counters become numbers: both are safe in our ranges. */
export const types = {
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
  /** Milliseconds after which a statement has failed, 0 for never; half a minute by default. */
  queryTimeoutMs?: number;
  /** Settings of the connections, as `postgres` takes them: `-c name=value`. */
  settings?: string;
  /** How values are read; ours by default. */
  types?: pg.CustomTypesConfig;
};

/** Wall milliseconds that opening a connection may take. */
const CONNECT_MS = 5_000;

/** Wall milliseconds of silence after which the kernel looks whether anybody is still at the other end. */
const SILENT_MS = 10_000;

/**
 * One connection of its own, for work that asks for its own session. One that breaks fails the statement under way or
 * the next; without a listener it would end the process.
 */
export function createClient({
  connectionString,
  name,
}: {
  connectionString: string;
  name: string;
}): pg.Client {
  const client = new pg.Client({
    connectionString,
    application_name: name,
    connectionTimeoutMillis: CONNECT_MS,
  });
  client.on('error', () => undefined);
  return client;
}

/** A pool whose queries fail within bounded time when the server is frozen or away. */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.size,
    application_name: options.name,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: options.queryTimeoutMs ?? 30_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: SILENT_MS,
    types: options.types ?? types,
    ...(options.settings ? { options: options.settings } : {}),
  });
  pool.on('error', options.onError);
  leaveSilent(pool);
  // The pool listens to idle clients only: one that breaks between two statements of a transaction would end
  // the process. Whoever holds it hears of it at the next statement.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** The typed database over a pool. `destroy()` ends the pool too; `onStatement` is told of every statement. */
export function createDatabase(pool: pg.Pool, onStatement: (event: LogEvent) => void = () => {}): Db {
  const log = (event: LogEvent) => {
    onStatement(event);
    if (!isTracing()) return;
    const { query, queryDurationMillis, level } = event;
    // Its values stand apart from it, and stay here.
    const text = query.sql.replaceAll(/\s+/g, ' ').trim().slice(0, MOST_OF_STATEMENT);
    noteChild('database.statement', queryDurationMillis, {
      'db.query.text': text,
      failed: level === 'error',
    });
  };
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), log });
}
