import type { Client } from 'aedes';

/**
 * Everything that reaches into Aedes 1.2.0 and mqtt-packet 9.0.2 behind their public surface. Both are
 * pinned exactly and each of these has a test that fails when a new version no longer works this way.
 */
type Inside = Client & {
  connackSent: boolean;
  _paused: boolean | undefined;
  subscriptions: Record<string, unknown>;
  will: { payload: Buffer } | null | undefined;
  _parser: {
    packet: { length: number };
    settings: { protocolVersion: number | undefined; bridgeMode: boolean | undefined };
    parse(bytes: Buffer): number;
    _parseLength(): boolean;
    _emitError(error: Error): boolean;
  };
  _nextBatch(error?: Error | null): void;
};

export class PacketTooLarge extends Error {
  constructor() {
    super('packet too large');
  }
}

/**
 * Ends a connection at the header of a packet that is too large. Aedes has no such limit: it would buffer
 * the 256 MB that an unknown client claims to send.
 */
export function capPackets(client: Client, bytesBefore: number, bytesAfter: number): void {
  const inside = client as Inside;
  const parser = inside._parser;
  const parseLength = parser._parseLength;
  parser._parseLength = () => {
    const done = parseLength.call(parser);
    if (!done) return false;
    if (parser.packet.length <= (inside.connackSent ? bytesAfter : bytesBefore)) return true;
    return parser._emitError(new PacketTooLarge());
  };
}

/**
 * Lets reading from a connection be suspended. Aedes reads on whenever new bytes arrive, however many
 * messages are unanswered; its own `pause()` loses count of them and never reads again. Suspended, the
 * connection reads on only as its messages are answered.
 * @returns a function to suspend (true) or resume (false)
 */
export function gateReading(client: Client): (suspended: boolean) => void {
  const inside = client as Inside;
  const { conn } = client;
  let isSuspended = false;
  conn.removeListener('readable', inside._nextBatch);
  conn.on('readable', () => {
    if (!isSuspended) inside._nextBatch();
  });
  return (suspended) => {
    if (isSuspended === suspended) return;
    isSuspended = suspended;
    if (!suspended && !client.closed) inside._nextBatch();
  };
}

/**
 * Reads a connection on while its messages wait for their answers. Aedes reads the next bytes once those before are
 * answered, so that one message that waits holds up all that came after it, the ping too.
 * @returns a function to suspend (true) or resume (false)
 */
export function readAhead(client: Client): (suspended: boolean) => void {
  const inside = client as Inside;
  const { conn } = client;
  let isSuspended = false;
  let isReading = false;
  const read = (): void => {
    // A message that is answered while it is parsed comes by here, in the middle of the packets that it came with.
    if (isReading) return;
    isReading = true;
    while (!isSuspended && !inside._paused && !client.closed) {
      const bytes = conn.read() as Buffer | null;
      if (bytes === null) break;
      inside._parser.parse(bytes);
    }
    isReading = false;
  };
  conn.removeListener('readable', inside._nextBatch);
  inside._nextBatch = (error) => {
    if (error) client.emit('error', error);
    else read();
  };
  conn.on('readable', read);
  return (suspended) => {
    isSuspended = suspended;
    if (!suspended) read();
  };
}

/** A sensor's session is its own: whatever client id it brings, it can only take over its own connection. */
export function forceClientId(client: Client, sensorId: string): void {
  (client as { id: string }).id = sensorId;
}

/**
 * Lets go of the packet by which a client was let in. The parser keeps it while the connection lasts, the sensor's secret
 * in it, and reads on with no more of it than this; the last will is a piece of its bytes and becomes a copy.
 */
export function forgetConnect(client: Client): void {
  const { _parser: parser, will } = client as Inside;
  const { protocolVersion, bridgeMode } = parser.settings;
  parser.settings = { protocolVersion, bridgeMode };
  if (will) will.payload = Buffer.from(Uint8Array.from(will.payload).buffer);
}

/** Filters that a client is subscribed to. */
export const subscriptionsOf = (client: Client): string[] => Object.keys((client as Inside).subscriptions);
