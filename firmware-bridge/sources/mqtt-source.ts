import { createHash } from 'node:crypto';
import mqtt, { type MqttClient } from 'mqtt';
import { SOURCE_FORMATS, type SourceFormat } from '#contracts/bridge/formats.ts';
import type { Clock } from '#platform/clock.ts';
import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import { createOutageLog } from '#platform/outage-log.ts';
import type { SourceSetting, SourceState } from '#store/bridge/setting.ts';
import type { Pipeline } from '../intake/pipeline.ts';
import { holdAcknowledgements } from './mqtt-internals.ts';

export type MqttSource = {
  /** For our own discovery. */
  publish(topic: string, payload: string, options: { retain: boolean }): Promise<void>;
  /** How many of its messages wait for their acknowledgement. */
  unacknowledged(): number;
  stop(): Promise<void>;
};

/** Why a source is not connected. Stable: they stand on its card. */
export type SourceProblem =
  | 'bad_credentials'
  | 'unreachable'
  | 'certificate_untrusted'
  | 'subscription_refused'
  | 'protocol';

type Ports = {
  pipeline: Pick<Pipeline, 'take' | 'hasRoom' | 'linked'>;
  clock: Clock;
  logger: Logger;
  onState: (state: SourceState, problem: SourceProblem | null) => void;
  /** Called at every connection, for what has to be said anew. */
  onConnected: () => void;
  onAcknowledged: (deliveryKey: string) => void;
  /** What its broker is to say when we are gone; retained. */
  will?: { topic: string; payload: string };
};

/** Messages of one source that wait for their acknowledgement; with more its connection is not read. */
const MOST_UNACKNOWLEDGED = 1_000;

/** Wall milliseconds. */
const RECONNECT_MS = 2_000;
const CONNECT_WITHIN_MS = 10_000;
const LOOK_AGAIN_MS = 100;

/**
 * Connects to an operator's broker and comes back by itself. Its session outlives the connection; a QoS 1 message is
 * acknowledged when the pipeline has taken it, in whatever order that is.
 */
export function openMqttSource(source: SourceSetting, ports: Ports): MqttSource {
  const { pipeline, clock, logger, will } = ports;
  const client = mqtt.connect(source.url ?? '', {
    clientId: `curtain-pact-${source.id}`,
    clean: false,
    ...(source.username === null ? {} : { username: source.username }),
    ...(source.secret === null ? {} : { password: source.secret }),
    ...(source.ca === null ? {} : { ca: source.ca }),
    protocolVersion: 4,
    keepalive: 30,
    connectTimeout: CONNECT_WITHIN_MS,
    reconnectPeriod: RECONNECT_MS,
    // Acknowledgements that trickle in would put its pings off until it is taken for dead.
    reschedulePings: false,
    resubscribe: false,
    ...(will ? { will: { ...will, payload: Buffer.from(will.payload), qos: 1, retain: true } } : {}),
  });
  const acknowledge = holdAcknowledgements(client);
  const taking = createOutageLog(logger.child({ source: source.id }), 'bridge.taking');
  let unacknowledged = 0;
  let problem: SourceProblem = 'unreachable';
  let stopped = false;

  client.on('connect', ({ sessionPresent }) => {
    problem = 'unreachable';
    unacknowledged = 0;
    pipeline.linked(source.id, sessionPresent && !losesWhileAway(source.format));
    subscribe().catch((error: unknown) => {
      if (!stopped)
        logger.warn({ event: 'bridge.subscribe-failed', source: source.id, why: reasonOf(error) });
    });
    ports.onConnected();
  });
  client.on('error', (error) => {
    problem = problemOf(error);
  });
  client.on('close', () => {
    if (!stopped) ports.onState(problem === 'unreachable' ? 'away' : 'refused', problem);
  });
  client.handleMessage = (packet, next) => {
    const { topic, qos, messageId } = packet;
    const payload = Buffer.from(packet.payload);
    const isHeld = qos > 0 && messageId !== undefined;
    const key = isHeld ? deliveryKeyOf(messageId, topic, payload) : undefined;
    const { stream } = client;
    const arrival = { topic, payload, retained: packet.retain, receivedAt: clock.now().epochMilliseconds };
    const handOver = (): void => {
      // It comes again on the next connection, after those before it that could not be taken.
      if (isHeld && (stopped || client.stream !== stream || stream.destroyed)) {
        next();
        return;
      }
      if (isHeld) unacknowledged += 1;
      pipeline.take(source.id, arrival, key).then(
        () => {
          taking.succeeded();
          if (!isHeld || client.stream !== stream) return;
          unacknowledged -= 1;
          if (acknowledge(messageId, stream) && key !== undefined) ports.onAcknowledged(key);
        },
        (error: unknown) => {
          taking.failed(error);
          // What was not acknowledged comes again on a new connection, and only there.
          if (client.stream === stream) stream.destroy();
        },
      );
      next();
    };
    whenThereIsRoom(stream, handOver);
  };

  /** Nothing is read on meanwhile: a source that is not read keeps its messages itself. */
  function whenThereIsRoom(stream: MqttClient['stream'], goOn: () => void): void {
    const hasRoom = unacknowledged < MOST_UNACKNOWLEDGED && pipeline.hasRoom();
    if (hasRoom || stopped || client.stream !== stream || stream.destroyed) goOn();
    else setTimeout(() => whenThereIsRoom(stream, goOn), LOOK_AGAIN_MS);
  }

  async function subscribe(): Promise<void> {
    const topics = source.topics.length > 0 ? source.topics : SOURCE_FORMATS[source.format].topics;
    const granted = await client.subscribeAsync([...topics], { qos: 1 });
    const isRefused = granted.some(({ qos }) => qos >= 128);
    ports.onState(isRefused ? 'refused' : 'connected', isRefused ? 'subscription_refused' : null);
  }

  return {
    async publish(topic, payload, { retain }) {
      await client.publishAsync(topic, payload, { qos: 1, retain });
    },
    unacknowledged: () => unacknowledged,
    async stop() {
      stopped = true;
      // Without a goodbye: its session stays, and whatever is not acknowledged comes again.
      await client.endAsync(true);
    },
  };
}

/** A broker gives a message the same number each time that it delivers it, until it is acknowledged (MQTT 3.1.1, 4.4). */
const deliveryKeyOf = (messageId: number, topic: string, payload: Buffer): string =>
  `${messageId} ${createHash('sha256').update(topic).update('\0').update(payload).digest('base64')}`;

/** Whether what such a source says while we are away is lost, session or not. */
const losesWhileAway = (format: SourceFormat): boolean =>
  (SOURCE_FORMATS[format].lacks as readonly string[]).includes('qos_0');

/** CONNACK codes 1 to 5, TLS errors, and everything else. */
function problemOf(error: Error & { code?: unknown }): SourceProblem {
  const { code } = error;
  if (code === 4 || code === 5) return 'bad_credentials';
  if (typeof code === 'number') return 'protocol';
  if (typeof code === 'string' && /CERT|TLS|SSL|SELF_SIGNED|VERIFY/.test(code))
    return 'certificate_untrusted';
  return 'unreachable';
}
