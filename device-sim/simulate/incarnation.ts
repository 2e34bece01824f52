import type pg from 'pg';
import { createDatabase } from '#store/connect.ts';
import type { Db } from '#store/database.ts';

/** What becomes of a part's next statement. */
export type Fate = 'done' | 'dies_before' | 'dies_after' | 'fails';

/** One life of a process: all that it holds in memory ends with it, and its connection is as good as closed. */
export type Incarnation = {
  db: Db;
  pool: pg.Pool;
  /** Resolves when it dies. */
  death: Promise<void>;
  isAlive(): boolean;
  die(): Promise<void>;
};

type Query = (...args: unknown[]) => Promise<unknown>;

const NEVER = new Promise<never>(() => undefined);

/**
 * A process on a connection that outlives it. A process that dies leaves its transaction to be rolled back, as the
 * server does with a connection that breaks; nothing that it still awaits ever comes.
 * @param fateOf is asked before each statement
 */
export function createIncarnation(
  client: pg.PoolClient,
  fateOf: (text: string) => Promise<Fate>,
): Incarnation {
  const death = Promise.withResolvers<void>();
  let alive = true;
  let taken = false;
  const waiting: ((connection: object) => void)[] = [];
  const run = nameStatements(client);

  const die = async (): Promise<void> => {
    if (!alive) return;
    alive = false;
    await client.query('rollback');
    death.resolve();
  };

  const connection = {
    async query(...args: unknown[]) {
      if (!alive) return NEVER;
      const fate = await fateOf(typeof args[0] === 'string' ? args[0] : '');
      if (!alive) return NEVER;
      if (fate === 'fails') {
        await client.query('rollback');
        throw new Error('Connection terminated unexpectedly');
      }
      if (fate === 'dies_before') {
        await die();
        return NEVER;
      }
      const result = await run(...args);
      if (fate === 'dies_after') await die();
      return alive ? result : NEVER;
    },
    release() {
      const next = waiting.shift();
      if (next) next(connection);
      else taken = false;
    },
  };
  // Of a pool the store uses nothing but its connections.
  const pool = {
    async connect() {
      if (!alive) return NEVER;
      if (taken) return new Promise((resolve) => waiting.push(resolve));
      taken = true;
      return connection;
    },
    end: async () => undefined,
  } as unknown as pg.Pool;
  return { db: createDatabase(pool), pool, death: death.promise, isAlive: () => alive, die };
}

const names = new WeakMap<pg.PoolClient, Map<string, string>>();

/** Gives every statement with values a name, so that the server plans it once for all seeds. */
function nameStatements(client: pg.PoolClient): Query {
  const query = client.query.bind(client) as unknown as Query;
  let known = names.get(client);
  if (!known) {
    known = new Map();
    names.set(client, known);
  }
  const ofClient = known;
  return (text, values) => {
    if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0) return query(text, values);
    let name = ofClient.get(text);
    if (!name) {
      name = `s${ofClient.size}`;
      ofClient.set(text, name);
    }
    return query({ name, text, values });
  };
}
