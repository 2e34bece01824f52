import { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';

/** Wall milliseconds. */
const GOODBYE_MS = 1_000;
const FIRST_PAUSE_MS = 100;
/** Between two looks whether anybody is still at the other end: one that only listens would never notice. */
const PULSE_MS = 15_000;

export type SessionOptions = {
  connectionString: string;
  /** What PostgreSQL lists it as. */
  name: string;
  /**
   * Works with each connection; resolves or rejects when it is done with it.
   * @param ended rejects when the connection breaks, and resolves when it is to end
   * @param settled says that this connection works, so that the next break is mended at once
   */
  use: (client: pg.Client, ended: Promise<void>, settled: () => void) => Promise<void>;
  onError: (error: unknown) => void;
  /** Between two tries. Wall milliseconds. */
  longestPauseMs?: number;
  /** Between two looks whether the server still answers. Wall milliseconds. */
  pulseMs?: number;
};

/** Keeps a connection of its own to PostgreSQL and comes back by itself after a break, until the signal comes. */
export async function keepSession(options: SessionOptions, signal: AbortSignal): Promise<void> {
  const { longestPauseMs = 5_000 } = options;
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      await connectOnce(options, signal, () => {
        pauseMs = FIRST_PAUSE_MS;
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

async function connectOnce(
  { connectionString, name, use, pulseMs = PULSE_MS }: SessionOptions,
  signal: AbortSignal,
  settled: () => void,
): Promise<void> {
  const socket = new Socket();
  const client = new pg.Client({
    connectionString,
    application_name: name,
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
  let pulse: NodeJS.Timeout | undefined;
  // It may break before anybody waits for its end; what is under way then fails by itself, and is reported.
  ended.catch(() => undefined);
  try {
    await client.connect();
    pulse = setInterval(() => {
      client.query('select 1').catch((error: unknown) => client.emit('error', error));
    }, pulseMs);
    await use(client, ended, settled);
  } finally {
    clearInterval(pulse);
    // A server that stands still answers no goodbye.
    const impatience = setTimeout(() => socket.destroy(), GOODBYE_MS);
    await client.end();
    clearTimeout(impatience);
  }
}
