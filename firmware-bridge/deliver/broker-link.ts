import mqtt, { type MqttClient } from 'mqtt';
import { eventTopic } from '#contracts/mqtt/topics.ts';
import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import type { Message } from '../report/device-state.ts';

export type BrokerLink = {
  /** Begins to connect, if it has not. */
  connect(): void;
  connected(): boolean;
  /** For how long it has been away, since there is a reason to be connected. Wall milliseconds; 0 while it is there. */
  awayMs(): number;
  /** Resolves when our broker has committed it; waits for the broker while it is away, and rejects only at the end. */
  publish(sensorId: string, message: Message, options: { again: boolean }): Promise<void>;
  /** Called when the link is lost. */
  onLost(listener: () => void): void;
  stop(): Promise<void>;
};

/** Wall milliseconds. */
const RECONNECT_MS = 500;
const CONNECT_WITHIN_MS = 5_000;

/**
 * The bridge as a client of our own broker, for all its sensors. It connects in the background when there is a reason
 * to, and comes back by itself.
 */
export function createBrokerLink(
  { url, username, password }: { url: () => string; username: string; password: string },
  logger: Logger,
): BrokerLink {
  let client: MqttClient | undefined;
  const listeners: (() => void)[] = [];
  let isTold = false;
  /** Monotonic milliseconds. */
  let awaySince: number | undefined;

  function open(): MqttClient {
    awaySince = performance.now();
    const opened = mqtt.connect(url(), {
      clientId: username,
      username,
      password,
      protocolVersion: 4,
      keepalive: 30,
      connectTimeout: CONNECT_WITHIN_MS,
      reconnectPeriod: RECONNECT_MS,
      // Acknowledgements that trickle in would put its pings off until it is taken for dead.
      reschedulePings: false,
    });
    opened.on('connect', () => {
      isTold = false;
      awaySince = undefined;
      logger.info({ event: 'bridge.linked' });
    });
    opened.on('error', (error) => tell(error));
    opened.on('close', () => {
      tell(undefined);
      awaySince ??= performance.now();
      for (const listener of listeners) listener();
    });
    return opened;
  }

  /** Once for each absence: it tries again twice a second. */
  function tell(error: unknown): void {
    if (isTold || client?.disconnecting) return;
    isTold = true;
    logger.warn({ event: 'bridge.link-away', ...(error ? { why: reasonOf(error) } : {}) });
  }

  return {
    connect() {
      client ??= open();
    },
    connected: () => client?.connected ?? false,
    awayMs: () => (awaySince === undefined ? 0 : performance.now() - awaySince),
    async publish(sensorId, message, { again }) {
      client ??= open();
      await client.publishAsync(eventTopic(sensorId), payloadOf(message), {
        qos: 1,
        retain: message.snapshot,
        dup: again,
      });
    },
    onLost: (listener) => void listeners.push(listener),
    async stop() {
      // Without a goodbye, which would wait for all that is on its way; what is not acknowledged stands in the outbox.
      await client?.endAsync(true);
    },
  };
}

/** What no value is known for is left out. */
function payloadOf({ snapshot: _, ...fields }: Message): string {
  return JSON.stringify(fields, (_key, value: unknown) => value ?? undefined);
}
