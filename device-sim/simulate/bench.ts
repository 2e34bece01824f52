import { sql } from 'kysely';
import type pg from 'pg';
import { createPool } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { createIncarnation } from './incarnation.ts';

/** The parts of ours that a run drives. Each has one connection, which all of its lives share. */
export const PARTS = ['broker', 'rules 1', 'rules 2', 'carer 1', 'carer 2', 'api'] as const;
export type Part = (typeof PARTS)[number];

/** A database with a connection for each part and one for the run's own looks; made once for many seeds. */
export type Bench = {
  connectionOf(part: Part): pg.PoolClient;
  /** The run's own look at the database, where no fault ever strikes. */
  own: Db;
  /** The parts whose statement waits for a lock that another one holds. */
  findBlocked(parts: readonly string[]): Promise<ReadonlySet<string>>;
  close(): Promise<void>;
};

export async function openBench(connectionString: string): Promise<Bench> {
  const failures: Error[] = [];
  const pools: pg.Pool[] = [];
  const open = async (name: string): Promise<pg.PoolClient> => {
    const pool = createPool({ connectionString, size: 1, name, onError: (error) => failures.push(error) });
    pools.push(pool);
    const client = await pool.connect();
    // Few rows and the same statements for thousands of mornings: planning them again would be most of the work.
    await client.query(
      'set plan_cache_mode = force_generic_plan; set jit = off; set client_min_messages = error',
    );
    return client;
  };
  const own = await open('own');
  const clients = new Map<string, pg.PoolClient>();
  const partOfPid = new Map<number, string>();
  for (const part of PARTS) {
    const client = await open(part);
    clients.set(part, client);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    partOfPid.set(rows[0]!.pid, part);
  }
  const db: Db = createIncarnation(own, async () => 'done').db;
  return {
    connectionOf: (part) => clients.get(part)!,
    own: db,
    async findBlocked(parts) {
      const pids = [...partOfPid].flatMap(([pid, part]) => (parts.includes(part) ? [pid] : []));
      const { rows } = await sql<{ pid: number }>`
        select pid from unnest(${pids}::int[]) as pid where cardinality(pg_blocking_pids(pid)) > 0`.execute(
        db,
      );
      return new Set(rows.map(({ pid }) => partOfPid.get(pid)!));
    },
    async close() {
      for (const client of [own, ...clients.values()]) client.release(true);
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
}
