import type pg from 'pg';
import { createDatabase } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import type { Line } from './line.ts';

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

const NEVER = new Promise<never>(() => undefined);

/**
 * A process on a line that outlives it. A process that dies leaves its transaction to be rolled back, as the
 * server does with a connection that breaks; nothing that it still awaits ever comes.
 * @param fateOf is asked before each statement
 */
export function createIncarnation(line: Line, fateOf: (text: string) => Promise<Fate>): Incarnation {
  const death = Promise.withResolvers<void>();
  let alive = true;
  let taken = false;
  const waiting: ((connection: object) => void)[] = [];

  const die = async (): Promise<void> => {
    if (!alive) return;
    alive = false;
    await line.abandon();
    death.resolve();
  };

  const connection = {
    async query(statement: string | pg.QueryConfig, given?: unknown[]) {
      if (!alive) return NEVER;
      const { text, values } = typeof statement === 'string' ? { text: statement, values: given } : statement;
      const fate = await fateOf(text);
      if (!alive) return NEVER;
      if (fate === 'fails') {
        await line.abandon();
        throw new Error('Connection terminated unexpectedly');
      }
      if (fate === 'dies_before') {
        await die();
        return NEVER;
      }
      const result = await line.query(text, values);
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
