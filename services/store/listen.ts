import { keepSession } from './keep-session.ts';

export type Listener = {
  stop(): Promise<void>;
};

/**
 * Listens on a channel over a connection of its own and comes back by itself after a break. What was
 * announced while the connection was away is lost, so `onGap` is called at every (re)connection.
 */
export function listen({
  connectionString,
  channel,
  onNotice,
  onGap,
  onError,
  pulseMs,
}: {
  connectionString: string;
  channel: string;
  onNotice: (payload: string) => void;
  onGap: () => void;
  onError: (error: unknown) => void;
  /** Between two looks whether the server still answers; wall milliseconds. */
  pulseMs?: number;
}): Listener {
  const ending = new AbortController();
  const connection = keepSession(
    {
      connectionString,
      name: `curtain-pact-listen-${channel}`,
      onError,
      ...(pulseMs === undefined ? {} : { pulseMs }),
      async use(client, ended, settled) {
        client.on('notification', (notice) => onNotice(notice.payload ?? ''));
        await client.query(`listen ${client.escapeIdentifier(channel)}`);
        settled();
        onGap();
        await ended;
      },
    },
    ending.signal,
  );
  return {
    async stop() {
      ending.abort();
      await connection;
    },
  };
}
