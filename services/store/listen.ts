import { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';

const GOODBYE_MS = 1_000;

export type Listener = {
  stop(): Promise<void>;
};

/**
 * Listens on a channel over a connection of its own and comes back by itself after a break. What was
 * announced while the connection was away is lost, so `onGap` is called at every (re)connection.
 */
export function listen(options: {
  connectionString: string;
  channel: string;
  onNotice: (payload: string) => void;
  onGap: () => void;
  onError: (error: unknown) => void;
}): Listener {
  const ending = new AbortController();
  const connection = keepListening(options, ending.signal);
  return {
    async stop() {
      ending.abort();
      await connection;
    },
  };
}

async function keepListening(options: Parameters<typeof listen>[0], signal: AbortSignal): Promise<void> {
  for (let pauseMs = 100; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 5_000)) {
    try {
      await listenOnce(options, signal, () => {
        pauseMs = 100;
      });
    } catch (error) {
      options.onError(error);
    }
    if (!signal.aborted)
      await wait(pauseMs, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
  }
}

async function listenOnce(
  { connectionString, channel, onNotice, onGap }: Parameters<typeof listen>[0],
  signal: AbortSignal,
  onConnected: () => void,
): Promise<void> {
  const socket = new Socket();
  const client = new pg.Client({
    connectionString,
    application_name: `curtain-pact-listen-${channel}`,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    stream: () => socket,
  });
  const ended = new Promise<void>((resolve, reject) => {
    // Stays on: an error after the first one tells nothing new, and without a listener it would end the process.
    client.on('error', reject);
    client.once('end', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  // It may break before anybody waits for its end; what is under way then fails by itself, and is reported.
  ended.catch(() => undefined);
  try {
    await client.connect();
    client.on('notification', (notice) => onNotice(notice.payload ?? ''));
    await client.query(`listen ${client.escapeIdentifier(channel)}`);
    onConnected();
    onGap();
    await ended;
  } finally {
    // A server that stands still answers no goodbye.
    const impatience = setTimeout(() => socket.destroy(), GOODBYE_MS);
    await client.end();
    clearTimeout(impatience);
  }
}
