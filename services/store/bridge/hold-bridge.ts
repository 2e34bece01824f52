import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Client } from 'pg';
import type { OutageLog } from '#platform/outage-log.ts';
import type { Db } from '../database.ts';
import { keepSession } from '../keep-session.ts';

/** Of PostgreSQL's advisory locks, which belong to one database. */
const BRIDGE_LOCK = 7_305_301;

/** Wall milliseconds between two tries of whoever stands by, and between two signs of life of whoever works. */
const LOOK_EVERY_MS = 1_000;
/** Of somebody who says nothing for so long PostgreSQL lets go: its machine is lost, or stands still. */
const SILENT_MS = 10_000;
/** After a break whoever worked comes first; whoever stood by gives it that long. Wall milliseconds. */
const AFTER_BREAK_MS = 3_000;
const LONGEST_PAUSE_MS = 500;

export type BridgeHold = {
  /**
   * Resolves when it is known whether it is ours, and work has begun if it is. Rejects with what `begin` threw at that
   * first time; nothing is tried again then.
   */
  begun: Promise<void>;
  /** Ends the work, then lets go. */
  stop(): Promise<void>;
};

type HoldOptions = {
  connectionString: string;
  /** It is ours. Where that fails later than at the first time it is let go again, and tried anew. */
  begin: () => Promise<void>;
  /** Somebody else got it while our connection was broken, or it is over. */
  end: () => Promise<void>;
  outage: OutageLog;
};

/**
 * Makes sure that of all processes over one database one alone is the bridge: two would take each other's sessions at
 * the sources. Whoever has PostgreSQL's lock works, the others stand by and take over when it ends. While the connection
 * is broken whoever worked works on, because what it hears must be kept; on return it stops if its place is taken.
 */
export function holdBridge({ connectionString, begin, end, outage }: HoldOptions): BridgeHold {
  const begun = Promise.withResolvers<void>();
  const stopping = new AbortController();
  const leaving = new AbortController();
  let isWorking = false;
  let wasBroken = false;
  let looking: Promise<unknown> = Promise.resolve();

  /** @returns whether the lock is ours */
  async function look(client: Client, isOurs: boolean): Promise<boolean> {
    if (isOurs) {
      // A sign of life, by which we learn of a break as well.
      await client.query('select 1');
      return true;
    }
    const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [
      BRIDGE_LOCK,
    ]);
    const got = rows[0]?.got === true;
    if (got === isWorking) return got;
    try {
      await (got ? begin() : end());
    } catch (error) {
      begun.reject(error);
      // With the connection the lock is let go.
      throw error;
    }
    isWorking = got;
    return got;
  }

  async function use(client: Client, ended: Promise<void>, settled: () => void): Promise<void> {
    const woken = new AbortController();
    const wake = () => woken.abort();
    ended.then(wake, wake);
    stopping.signal.addEventListener('abort', wake, { signal: woken.signal });
    const rest = async (ms: number) => {
      await wait(ms, undefined, { signal: woken.signal }).catch((error: unknown) => {
        if (!woken.signal.aborted) throw error;
      });
      if (woken.signal.aborted && !stopping.signal.aborted) await ended;
    };
    await client.query(`set idle_session_timeout = ${SILENT_MS}`);
    if (wasBroken && !isWorking) await rest(AFTER_BREAK_MS);
    for (let isOurs = false; !stopping.signal.aborted; await rest(LOOK_EVERY_MS)) {
      const present = look(client, isOurs);
      looking = present;
      isOurs = await present;
      outage.succeeded();
      wasBroken = false;
      settled();
      begun.resolve();
    }
    await ended;
  }

  const connection = keepSession(
    {
      ...{ connectionString, name: 'curtain-pact-bridge', longestPauseMs: LONGEST_PAUSE_MS, use },
      onError(error) {
        wasBroken = true;
        outage.failed(error);
        begun.resolve();
      },
    },
    leaving.signal,
  );

  async function stop(): Promise<void> {
    stopping.abort();
    // What went wrong with it has been told.
    await looking.catch(() => undefined);
    if (isWorking) {
      isWorking = false;
      await end();
    }
    leaving.abort();
    await connection;
  }

  return {
    begun: begun.promise.catch(async (error: unknown) => {
      await stop();
      throw error;
    }),
    stop,
  };
}

/** Whether any process is the bridge over this database. */
export async function isBridgeHeld(db: Db): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select exists (
      select from pg_locks l join pg_database d on d.oid = l.database
      where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and l.classid = 0 and l.objid = ${BRIDGE_LOCK}
        and d.datname = current_database()
    ) as held`.execute(db);
  return rows[0]?.held === true;
}
