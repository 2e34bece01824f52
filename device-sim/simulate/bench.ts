import { sql } from 'kysely';
import pg from 'pg';
import { types } from '#store/connect.ts';
import type { Db } from '#store/database.ts';
import { createIncarnation } from './incarnation.ts';
import { createLine, type Line } from './line.ts';

/** The parts of ours that a run drives. Each has one connection, which all of its lives share. */
export const PARTS = ['broker', 'rules 1', 'rules 2', 'carer 1', 'carer 2', 'api'] as const;
export type Part = (typeof PARTS)[number];

/** A database with a connection for each part and one for the run's own looks; made once for many seeds. */
export type Bench = {
  lineOf(part: Part): Line;
  /** Of the server's processes that work for it. */
  pids: readonly number[];
  /** How many statements of the parts may have changed something so far. */
  written(): number;
  /** Whether a part waits for another one's lock: each commit is then sent at once. */
  setWaiting(isAnybodyWaiting: boolean): void;
  /** The run's own look at the database, where no fault ever strikes. */
  own: Db;
  /** The parts whose statement waits for a lock that another one holds. */
  findBlocked(parts: readonly string[]): Promise<ReadonlySet<string>>;
  /** Tells of each statement that has begun to wait for a lock; the last who asked is told. */
  onBlocked(listener: (part: Part) => void): void;
  close(): Promise<void>;
};

/**
 * Few rows and the same statements for thousands of mornings: planning them again would be most of the work, and tables
 * are read by their indexes, past what earlier mornings have left in them. A statement
 * that waits for a lock says so after a millisecond, to its own client; it has then been looked at for a deadlock, so
 * that whoever completes one is whom it ends.
 */
const SETTINGS = `set plan_cache_mode = force_generic_plan; set jit = off; set enable_seqscan = off; set deadlock_timeout = '1ms';
  set log_lock_waits = on; set client_min_messages = log; set log_min_messages = panic`;
/** As PostgreSQL words it, whose messages are in English here. */
const STILL_WAITING = /still waiting for/;

export async function openBench(connectionString: string): Promise<Bench> {
  const clients: pg.Client[] = [];
  const nameOfPid = new Map<number, Part | 'own'>();
  const open = async (name: Part | 'own'): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString, application_name: name, types });
    clients.push(client);
    await client.connect();
    await client.query(SETTINGS);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    nameOfPid.set(rows[0]!.pid, name);
    return client;
  };
  let isAnybodyWaiting = false;
  let tellBlocked = (_part: Part): void => undefined;
  const lines: Line[] = [];
  const lay = (client: pg.Client, mayWait: () => boolean): Line => {
    const line: Line = createLine(client, mayWait, () => {
      const owing = lines.filter((other) => other !== line && other.owes());
      return owing.length > 0 ? settleAll(owing) : undefined;
    });
    lines.push(line);
    return line;
  };
  const own = await open('own');
  const lineOf = new Map<Part, Line>();
  for (const part of PARTS) {
    const client = await open(part);
    client.on('notice', ({ message = '' }) => {
      if (STILL_WAITING.test(message)) tellBlocked(part);
    });
    lineOf.set(
      part,
      lay(client, () => !isAnybodyWaiting),
    );
  }
  const db: Db = createIncarnation(
    lay(own, () => false),
    async () => 'done',
  ).db;
  return {
    lineOf: (part) => lineOf.get(part)!,
    pids: [...nameOfPid.keys()],
    written: () => [...lineOf.values()].reduce((sum, line) => sum + line.written(), 0),
    own: db,
    onBlocked(listener) {
      tellBlocked = listener;
    },
    setWaiting(is) {
      isAnybodyWaiting = is;
    },
    async findBlocked(parts) {
      const pids = [...nameOfPid].flatMap(([pid, part]) => (parts.includes(part) ? [pid] : []));
      const { rows } = await sql<{ pid: number }>`
        select pid from unnest(${pids}::int[]) as pid where cardinality(pg_blocking_pids(pid)) > 0`.execute(
        db,
      );
      return new Set(rows.map(({ pid }) => nameOfPid.get(pid)!));
    },
    async close() {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}

async function settleAll(lines: readonly Line[]): Promise<void> {
  for (const line of lines) await line.settle();
}
