import { randomUUID } from 'node:crypto';
import { Aedes, type Client } from 'aedes';
import type pg from 'pg';
import type { Registry } from 'prom-client';
import { isOwnFilter } from '#contracts/mqtt/topics.ts';
import type { Clock } from '#platform/clock.ts';
import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import type { Service } from '#platform/service.ts';
import { stampBroker } from '#store/sensor/broker-presence.ts';
import { loadCredentials } from '#store/sensor/load-credentials.ts';
import { markPresence } from '#store/sensor/mark-presence.ts';
import { quarantine } from '#store/sensor/quarantine.ts';
import { recordIntake } from '#store/sensor/record-intake.ts';
import { createAddressThrottle } from './address-throttle.ts';
import {
  capPackets,
  forgetConnect,
  gateReading,
  PacketTooLarge,
  subscriptionsOf,
} from './aedes-internals.ts';
import { createAuthenticate } from './authenticate.ts';
import { createBridgeDoor } from './bridge-door.ts';
import { createBridgeSensors } from './bridge-sensors.ts';
import { createCredentialLookup } from './credential-lookup.ts';
import { createDoor, type Pass } from './door.ts';
import { createIntakeQueue, type IntakeStore } from './intake-queue.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { type Addresses, type ListenerConfig, type Listeners, openListeners } from './listeners.ts';
import { createMakersDoor, type TakeMakersMessage } from './makers-door.ts';
import { createMetrics } from './metrics.ts';
import { createPresenceKeeper } from './presence.ts';
import { createRate } from './rate.ts';
import { createReceive } from './receive.ts';
import { createSessions, type Session } from './session.ts';
import { startStamps } from './stamps.ts';

export type BrokerConfig = ListenerConfig & { limits?: Partial<Limits> };

export type BrokerPorts = {
  /** At least three connections; `query_timeout` bounds how long a frozen server is waited for. */
  pool: pg.Pool;
  clock: Clock;
  logger: Logger;
  registry: Registry;
  /** The key of the sensors' stored secrets. */
  secretKey: string | Buffer;
  /** Stamps the watermark `intake`. */
  touch: () => Promise<void>;
  /** Takes what devices say in their makers' words; without it such a topic is foreign to every sensor. */
  takeMakersMessage?: TakeMakersMessage;
  /** Where messages go, for the bench's baseline; by default to `pool`. */
  store?: IntakeStore;
};

export type Broker = Service & {
  /** Where it listens, after the start. */
  addresses(): Addresses;
  /** Ends the connection of a sensor that was retired or given another secret, or whose device is another now. */
  disconnect(sensorId: string): void;
  /** Ends the connections of sensors that were retired, turned round or given another secret while nobody heard of it. */
  recheck(): Promise<void>;
  /** For the page that says what is wrong. */
  status(): { connections: number; pending: number; heldMs: number };
};

const FLUSH_WITHIN_MS = 2_000;
const CLOSE_WITHIN_MS = 500;

/**
 * The MQTT broker: lets sensors in by their own secret, and acknowledges what they publish once it is
 * committed (DESIGN invariant 1).
 */
export function createBroker(config: BrokerConfig, ports: BrokerPorts): Broker {
  const limits: Limits = { ...DEFAULT_LIMITS, ...config.limits };
  let running: Running | undefined;
  return {
    name: 'broker',
    async start() {
      running = await run(config, limits, ports);
    },
    async stop() {
      const stopping = running;
      running = undefined;
      await stopping?.stop();
    },
    addresses: () => running?.listeners.addresses ?? { tcp: undefined, tls: undefined, ws: undefined },
    disconnect: (sensorId) => running?.disconnect(sensorId),
    recheck: async () => running?.recheck(),
    status: () => running?.status() ?? { connections: 0, pending: 0, heldMs: 0 },
  };
}

type Running = Pick<Broker, 'disconnect' | 'recheck' | 'status'> & {
  listeners: Listeners;
  stop(): Promise<void>;
};

async function run(config: BrokerConfig, limits: Limits, ports: BrokerPorts): Promise<Running> {
  const { pool, clock, logger } = ports;
  const stopping = new AbortController();
  const passes = new WeakMap<Client, Pass>();
  const addressOf = (client: Client) => passes.get(client)?.address ?? '';
  const throttle = createAddressThrottle();
  let listeners: Listeners | undefined;

  const metrics = createMetrics(ports.registry, {
    connections: () => listeners?.connections() ?? 0,
    pending: () => queue.pending(),
    heldSeconds: () => queue.heldMs() / 1_000,
  });
  const store: IntakeStore = ports.store ?? {
    record: (messages) => recordIntake(pool, messages),
    quarantine: (unread) => quarantine(pool, unread),
  };
  const queue = createIntakeQueue(store, limits, { logger, metrics, onRecovered: () => void stamps.stamp() });
  const brokerId = randomUUID();
  const presence = createPresenceKeeper((presences) => markPresence(pool, presences), logger);
  const sessions = createSessions(brokerId, {
    gateOf: gateReading,
    nowMs: () => clock.now().epochMilliseconds,
  });
  const markOnline = ({ sensorId, connection }: Session): void =>
    presence.mark({ sensorId, online: true, connection });
  const stamps = startStamps({
    async touch() {
      await ports.touch();
      // Taken for dead meanwhile, its sensors were said to be offline.
      if (await stampBroker(pool, brokerId, clock.now()))
        for (const { sensorId, connection } of sessions.all())
          presence.mark({ sensorId, online: true, connection, again: true });
    },
    clock,
    logger,
    heldMs: queue.heldMs,
  });
  const lookup = createCredentialLookup((ids) => loadCredentials(pool, ids), limits.ackWaitMs);
  const bridgeSensors = createBridgeSensors(lookup);
  const intake = { clock, sessions, queue, presence, rate: createRate(limits), limits, metrics };
  const bridge = createBridgeDoor({ ...intake, brokerId, sensors: bridgeSensors });
  const makers = createMakersDoor({ take: ports.takeMakersMessage, logger, limits, metrics });
  const receive = createReceive({ ...intake, makers, throttle, addressOf });
  const authenticate = createAuthenticate({
    lookup,
    secretKey: ports.secretKey,
    sessions,
    bridge,
    throttle,
    metrics,
    passOf: (client) => passes.get(client),
    delay: (milliseconds) => delay(milliseconds, stopping.signal),
  });

  // A hook that throws, or whose promise rejects, would end the process: each answers with an error instead.
  const aedes = await Aedes.createBroker({
    connectTimeout: limits.connectTimeoutMs,
    keepaliveLimit: limits.keepaliveSeconds,
    maxInflightInbound: limits.pauseReadingAt * 2,
    maxClientsIdLength: 64,
    maxTopicLevels: 8,
    authenticate(client, username, password, done) {
      const fail = (error: unknown): void => {
        logger.error({ event: 'broker.connect-hook-failed', why: reasonOf(error) });
        done(Object.assign(new Error('connection refused'), { returnCode: 3 }), false);
      };
      authenticate(client, username, password, done).catch(fail);
    },
    authorizePublish(client, packet, answer) {
      try {
        if (stopping.signal.aborted) return;
        if (client && bridge.isBridge(client)) bridge.receive(client, packet, answer);
        else receive(client, packet, answer);
      } catch (error) {
        logger.error({ event: 'broker.publish-hook-failed', why: reasonOf(error) });
        answer(new Error('internal'));
      }
    },
    authorizeSubscribe(client, subscription, done) {
      const session = sessions.of(client);
      const held = subscriptionsOf(client);
      const isGranted =
        session !== undefined &&
        isOwnFilter(session.sensorId, subscription.topic) &&
        (held.includes(subscription.topic) || held.length < limits.subscriptions);
      if (!isGranted) metrics.refused('foreign_subscription');
      done(null, isGranted ? subscription : null);
    },
  });
  watch(aedes, { logger, onRefused: metrics.refused });
  aedes.on('client', (client) => {
    forgetConnect(client);
    const session = sessions.connected(client);
    if (session) markOnline(session);
  });
  aedes.on('clientDisconnect', (client) => {
    const session = sessions.closed(client);
    if (session) presence.mark({ sensorId: session.sensorId, online: false, connection: session.connection });
  });

  try {
    // Known before its first sensor is: of an unknown broker nobody would notice the death.
    await stamps.stamp();
    listeners = await openListeners(config, {
      door: createDoor(throttle, {
        // One address never takes all the room that there is for those who may yet be strangers.
        mostUnknown: Math.max(Math.floor(config.maxConnections / 2), limits.unknownPerSuspect),
        mostUnknownSuspect: limits.unknownPerSuspect,
        connectTimeoutMs: limits.connectTimeoutMs,
      }),
      accept(connection, pass, request) {
        const client = aedes.handle(connection, request);
        passes.set(client, pass);
        capPackets(client, limits.packetBytesBefore, limits.packetBytesAfter);
      },
      onRefused: metrics.refused,
      connectTimeoutMs: limits.connectTimeoutMs,
      mostMessageBytes: limits.packetBytesAfter * 2,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  logger.info({ event: 'broker.listening', on: hostsOf(listeners.addresses) });

  async function stop(): Promise<void> {
    listeners?.close();
    stopping.abort();
    stamps.stop();
    await queue.stop(FLUSH_WITHIN_MS);
    // The last acknowledgements are on their way to the sockets.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    await within(CLOSE_WITHIN_MS, new Promise<void>((resolve) => aedes.close(resolve)));
    listeners?.destroy();
    await presence.stop(CLOSE_WITHIN_MS);
  }

  return {
    listeners,
    stop,
    disconnect(sensorId) {
      bridgeSensors.forget(sensorId);
      sessions.find(sensorId)?.client.close();
    },
    async recheck() {
      bridgeSensors.forget();
      const connected = [...sessions.all()];
      if (connected.length === 0) return;
      const known = await loadCredentials(
        pool,
        connected.map(({ sensorId }) => sensorId),
      );
      for (const { sensorId, reversed, makers, secretHash, client } of connected) {
        const now = known.get(sensorId);
        const isSame =
          now && now.reversed === reversed && now.makers === makers && now.secretHash.equals(secretHash);
        if (!isSame || now.retired) client.close();
      }
    },
    status: () => ({
      connections: listeners?.connections() ?? 0,
      pending: queue.pending(),
      heldMs: queue.heldMs(),
    }),
  };
}

/** As text: under the name `address`, which may be a person's, the log would hide our own. */
const hostsOf = (addresses: Addresses): string[] =>
  Object.entries(addresses).flatMap(([kind, at]) => (at ? [`${kind} ${at.address}:${at.port}`] : []));

/** Without these listeners an `error` event would end the process. */
function watch(
  aedes: Aedes,
  ports: { logger: Logger; onRefused: (reason: 'packet_too_large' | 'protocol') => void },
): void {
  const events: NodeJS.EventEmitter = aedes;
  events.on('error', (error: unknown) =>
    ports.logger.error({ event: 'broker.failed', why: reasonOf(error) }),
  );
  for (const event of ['clientError', 'connectionError']) {
    events.on(event, (_client: Client, error: Error) => {
      if (error instanceof PacketTooLarge) ports.onRefused('packet_too_large');
      else if (event === 'connectionError') ports.onRefused('protocol');
    });
  }
}

const delay = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (milliseconds === 0 || signal.aborted) return resolve();
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => resolve(void clearTimeout(timer)), { once: true });
  });

const within = (milliseconds: number, work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};
