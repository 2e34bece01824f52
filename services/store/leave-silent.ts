import type { Socket } from 'node:net';
import type pg from 'pg';

type Ask = (...args: unknown[]) => unknown;
type Client = pg.PoolClient & { end(done?: () => void): Promise<void> };

/** pg says so by these words only. */
const TIMED_OUT = 'Query read timeout';
/** Wall milliseconds that a server has for a goodbye. */
const GOODBYE_MS = 1_000;

/** The connections of each pool. */
const open = new WeakMap<pg.Pool, Set<pg.PoolClient>>();

/**
 * Leaves a connection over which an answer never came, at once and with all that lie idle beside it: a server that is gone
 * without a word, or a firewall that has forgotten us, has forgotten those too. pg itself would ask the next question,
 * and the rollback before it, on the same dead line, one timeout after the other, and wait for a goodbye for ever.
 */
export function leaveSilent(pool: pg.Pool): void {
  const idle = new Set<pg.PoolClient>();
  const all = new Set<pg.PoolClient>();
  open.set(pool, all);
  pool.on('acquire', (client) => idle.delete(client));
  pool.on('release', (_error, client) => idle.add(client));
  pool.on('remove', (client) => {
    idle.delete(client);
    all.delete(client);
  });
  pool.on('connect', (client) => {
    all.add(client);
    sayGoodbyeInTime(client as Client);
    const ask = client.query.bind(client) as Ask;
    const hear = (error: unknown): void => {
      if (!(error instanceof Error) || error.message !== TIMED_OUT) return;
      for (const silent of [client, ...idle]) hangUp(silent);
    };
    client.query = ((...args: unknown[]) => {
      const callback = args.at(-1);
      if (typeof callback === 'function') {
        const listen = (error: unknown, result: unknown) => {
          hear(error);
          callback(error, result);
        };
        return ask(...args.slice(0, -1), listen);
      }
      const answer = ask(...args);
      if (answer instanceof Promise) answer.catch(hear);
      return answer;
    }) as typeof client.query;
  });
}

/** Leaves every connection of a pool at once, whatever is under way on it: that fails, as if the server had gone. */
export function leaveAll(pool: pg.Pool): void {
  for (const client of open.get(pool) ?? []) hangUp(client);
}

function sayGoodbyeInTime(client: Client): void {
  const end = client.end.bind(client);
  const endInTime = (done?: () => void) => {
    const impatience = setTimeout(() => socketOf(client).destroy(), GOODBYE_MS);
    socketOf(client).once('close', () => clearTimeout(impatience));
    return done ? end(done) : end();
  };
  client.end = endInTime as typeof client.end;
}

/** Without a goodbye, which nobody would hear; the pool notices by the error. */
const hangUp = (client: pg.PoolClient): void => {
  socketOf(client).destroy(new Error('the server has not answered in time'));
};

const socketOf = (client: pg.PoolClient): Socket =>
  (client as unknown as { connection: { stream: Socket } }).connection.stream;
