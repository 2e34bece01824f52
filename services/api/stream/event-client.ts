import type { ServerResponse } from 'node:http';

/** A board that has more than this unread is not reading: it is dropped, comes again, and reads everything anew. */
const MOST_UNREAD_BYTES = 1024 * 1024;

/** One open board: a response that server-sent events are written to (WHATWG HTML §9.2). */
export type EventClient = {
  readonly channel: string;
  /** The credential that opened it, in hexadecimal. */
  readonly credential: string;
  send(frame: string): void;
  end(): void;
};

/** @param onGone called once, when the board has gone or was dropped */
export function createEventClient(
  response: ServerResponse,
  of: { channel: string; credential: string },
  onGone: (client: EventClient) => void,
): EventClient {
  const client: EventClient = {
    ...of,
    send(frame) {
      if (response.writableEnded || response.destroyed) return;
      if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
      else response.write(frame);
    },
    end: () => void response.end(),
  };
  response.once('close', () => onGone(client));
  // A reset while we write is the same as a close, which follows it.
  response.on('error', () => response.destroy());
  return client;
}

/** One event on the wire. JSON has no raw line breaks, so one `data:` line holds it. */
export const frameOf = (event: string, data: unknown, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
