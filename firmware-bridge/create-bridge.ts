import { join } from 'node:path';
import type { Registry } from 'prom-client';
import type { Push, PushAnswer } from '#contracts/bridge/push.ts';
import { BRIDGE_USERNAME, bridgePassword } from '#platform/bridge-password.ts';
import type { Clock } from '#platform/clock.ts';
import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import { createOutageLog } from '#platform/outage-log.ts';
import type { Service } from '#platform/service.ts';
import { claimMemory } from '#store/bridge/claim-memory.ts';
import { noteCodecStop } from '#store/bridge/codec.ts';
import { type BridgeHold, holdBridge } from '#store/bridge/hold-bridge.ts';
import { loadBridgeSettings } from '#store/bridge/load-settings.ts';
import { BRIDGE_CHANNEL } from '#store/change-feed.ts';
import type { Db } from '#store/database.ts';
import { type Listener, listen } from '#store/listen.ts';
import { createAnnouncer } from './announce/create-announcer.ts';
import { createCodecRunner } from './codec/create-codec-runner.ts';
import { DECODERS, guessDeviceFormat } from './decoders/registry.ts';
import { createBrokerLink } from './deliver/broker-link.ts';
import { createOutboxSender } from './deliver/outbox-sender.ts';
import { createCommitter } from './intake/committer.ts';
import { createPipeline, MOST_WAITING, type Pipeline } from './intake/pipeline.ts';
import { openMemory } from './memory/memory.ts';
import { type BridgeMetrics, createMetrics, type SourceNow } from './metrics.ts';
import { createNotes } from './notes/notes.ts';
import { createSources } from './sources/create-sources.ts';
import { takePush } from './sources/push-source.ts';
import { readerOf } from './sources/reader-of.ts';

export type BridgeConfig = {
  /** Where its memory lies. */
  dataDir: string;
  /** Of our own broker, asked when the bridge starts. */
  brokerUrl: () => string;
  connectionString: string;
  /** So many messages may wait for our broker; with more, sources wait themselves. */
  mostWaiting?: number;
};

export type BridgePorts = { db: Db; clock: Clock; logger: Logger; registry: Registry; secretKey: Buffer };

/** What a device said to our own broker as its maker made it. */
export type MakersMessage = {
  sensorId: string;
  topic: string;
  payload: Buffer;
  /** Its last will: how things stand, and no event. */
  isWill: boolean;
  /** Epoch milliseconds. */
  connectedAt: number;
  receivedAt: number;
};

export type BridgeStatus = {
  /** False: another process is the bridge, and this one takes over when that ends. */
  works: boolean;
  sources: number;
  /** Messages that our broker has yet to acknowledge. */
  waiting: number;
  linked: boolean;
  /** For how long our broker has been away while there is a reason to be linked to it. Wall milliseconds. */
  awayMs: number;
  /** Its memory. */
  writable: boolean;
};

export type Bridge = Service & {
  /** Takes what a carrier or an operator's program pushes; its answer waits until our broker has it. */
  takePush(sourceId: string, push: Push): Promise<PushAnswer>;
  /** Resolves when it may be acknowledged. */
  takeMakersMessage(message: MakersMessage): Promise<void>;
  /** For the page that says what is wrong. */
  status(): BridgeStatus;
};

const STANDING_BY: BridgeStatus = {
  works: false,
  sources: 0,
  waiting: 0,
  linked: false,
  awayMs: 0,
  writable: true,
};

/** How long what was taken is known again when it comes twice. Milliseconds. */
const KNOWN_FOR_MS = 3 * 24 * 3_600_000;
const FORGET_EVERY_MS = 3_600_000;
/** Wall milliseconds. */
const LOAD_AGAIN_MS = 2_000;

/**
 * The firmware-bridge: what real devices and gateways say becomes our one event. It speaks to our own broker as any
 * client does, and acknowledges a source when the broker has acknowledged it (docs/adr/0015).
 */
export function createBridge(config: BridgeConfig, ports: BridgePorts): Bridge {
  let running: Running | undefined;
  let hold: BridgeHold | undefined;
  /** To begin, when it was this process's turn. */
  let hasFailed = false;
  const status = (): BridgeStatus => running?.status() ?? { ...STANDING_BY, writable: !hasFailed };
  const metrics = createMetrics(ports.registry, {
    works: () => status().works,
    linked: () => status().linked,
    waiting: () => status().waiting,
    sources: () => running?.sources() ?? [],
  });
  const codecs = createCodecRunner({
    now: () => ports.clock.now().epochMilliseconds,
    onStopped(codecId, reason) {
      metrics.codecStopped(reason);
      noteCodecStop(ports.db, codecId, reason, ports.clock.now()).catch((error: unknown) =>
        ports.logger.warn({ event: 'bridge.codec-note-failed', why: reasonOf(error) }),
      );
    },
  });
  return {
    name: 'bridge',
    async start() {
      hold = holdBridge({
        connectionString: config.connectionString,
        async begin() {
          hasFailed = true;
          running = await run(config, { ...ports, metrics }, codecs.run);
          hasFailed = false;
          ports.logger.info({ event: 'bridge.began' });
        },
        async end() {
          const stopping = running;
          running = undefined;
          await stopping?.stop();
        },
        outage: createOutageLog(ports.logger, 'bridge.hold'),
      });
      await hold.begun;
      if (!running) ports.logger.info({ event: 'bridge.stands-by' });
    },
    async stop() {
      await hold?.stop();
      await codecs.stop();
    },
    async takePush(sourceId, push) {
      return running ? running.takePush(sourceId, push) : { status: 503, body: '' };
    },
    async takeMakersMessage(message) {
      if (!running) throw new Error('the bridge is not running');
      await running.takeMakersMessage(message);
    },
    status,
  };
}

type Running = Pick<Bridge, 'takePush' | 'takeMakersMessage' | 'status'> & {
  sources(): readonly SourceNow[];
  stop(): Promise<void>;
};

async function run(
  config: BridgeConfig,
  ports: BridgePorts & { metrics: BridgeMetrics },
  runCodec: Parameters<typeof createPipeline>[0]['runCodec'],
): Promise<Running> {
  const { db, clock, logger, secretKey, metrics } = ports;
  const keeping = createOutageLog(logger, 'bridge.memory');
  const memory = openMemory(join(config.dataDir, 'bridge.sqlite'), { onFailed: keeping.failed });
  const beginAnew = () => {
    memory.beginAnew();
    logger.warn({ event: 'bridge.begins-anew' });
  };
  await claimMemory(db, memory.id, beginAnew).catch((error: unknown) => {
    memory.close();
    throw error;
  });
  const notes = createNotes(ports);
  const link = createBrokerLink(
    { url: config.brokerUrl, username: BRIDGE_USERNAME, password: bridgePassword(secretKey) },
    logger,
  );
  const nowMs = () => clock.now().epochMilliseconds;
  const sender = createOutboxSender(memory, link, {
    nowMs,
    onError: (error) => logger.error({ event: 'bridge.publish-failed', why: reasonOf(error) }),
  });
  const committer = createCommitter(memory, sender, {
    onKept(entries) {
      keeping.succeeded();
      for (const { messages } of entries) for (const { message } of messages) metrics.said(message);
    },
    onFailed(entries, error) {
      keeping.failed(error);
      pipeline.forget(entries.flatMap(({ states }) => states.map(({ deviceId }) => deviceId)));
    },
  });
  const pipeline: Pipeline = createPipeline({
    clock,
    logger,
    memory,
    committer,
    readerOf,
    decoderOf: (format) => (format === 'as_told' || format === 'codec' ? undefined : DECODERS[format]),
    guess: guessDeviceFormat,
    mostWaiting: config.mostWaiting ?? MOST_WAITING,
    runCodec,
    onSighting(sighting) {
      notes.sighting(sighting);
      if (sighting.refusal !== null) metrics.refused(sighting.refusal);
    },
    onRefused(sourceId, refusal) {
      notes.refused(sourceId, refusal);
      metrics.refused(refusal);
    },
    onHeard({ id, format }, receivedAt) {
      notes.heard(id, receivedAt);
      metrics.taken(format);
    },
    onLooksLike: notes.looksLike,
  });
  const announcer = createAnnouncer({
    ...{ connectionString: config.connectionString, db, clock, logger },
    publish: async (sourceId, topic, payload, options) => sources.publish(sourceId, topic, payload, options),
  });
  const sources = createSources({
    onConnected: (source) => void announcer.refresh(source),
    onQuiet: (source) => announcer.withdraw(source),
    pipeline,
    notes,
    clock,
    logger,
    onAcknowledged: (sourceId, deliveryKey) => memory.done([], [{ sourceId, deliveryKey }]),
  });

  const loading = createOutageLog(logger, 'bridge.settings');
  let makersSources = new Map<string, string>();
  let stopped = false;
  let again: NodeJS.Timeout | undefined;
  async function load(): Promise<void> {
    try {
      const settings = await loadBridgeSettings(db, secretKey);
      pipeline.use(settings);
      if (settings.sources.length > 0) link.connect();
      const atBroker = new Set(settings.sources.filter(({ kind }) => kind === 'broker').map(({ id }) => id));
      makersSources = new Map(
        settings.devices.flatMap(({ sensorId, sourceId }) =>
          sensorId !== null && atBroker.has(sourceId) ? [[sensorId, sourceId] as const] : [],
        ),
      );
      await sources.use(settings.sources);
      loading.succeeded();
    } catch (error) {
      loading.failed(error);
      if (!stopped) again = setTimeout(reload, LOAD_AGAIN_MS);
    }
  }
  await announcer.start();
  let loaded = load();
  /** One after the other: what was set up last is what holds. */
  function reload(): void {
    clearTimeout(again);
    loaded = loaded.then(load);
  }
  await loaded;
  const listener: Listener = listen({
    connectionString: config.connectionString,
    channel: BRIDGE_CHANNEL,
    onNotice: reload,
    onGap: reload,
    onError: (error) => logger.warn({ event: 'bridge.listen-failed', why: reasonOf(error) }),
  });
  const forgetting = setInterval(() => memory.forgetBefore(nowMs() - KNOWN_FOR_MS), FORGET_EVERY_MS).unref();

  return {
    takePush: (sourceId, push) => takePush(pipeline, sources.settingOf(sourceId), push, nowMs()),
    async takeMakersMessage({ sensorId, topic, payload, isWill, connectedAt, receivedAt }) {
      const sourceId = makersSources.get(sensorId);
      if (!sourceId) throw new Error('no source of the bridge is meant for this sensor');
      const arrival = { topic, payload, retained: isWill, connectedAt, receivedAt };
      await pipeline.take(sourceId, arrival);
    },
    status: () => ({
      works: true,
      sources: sources.count(),
      waiting: memory.waiting(),
      linked: link.connected(),
      awayMs: link.awayMs(),
      writable: memory.isWritable(),
    }),
    sources: sources.now,
    async stop() {
      stopped = true;
      clearTimeout(again);
      clearInterval(forgetting);
      await listener.stop();
      await loaded;
      await announcer.stop();
      await sources.stop();
      pipeline.stop();
      committer.flush();
      sender.stop();
      await link.stop();
      await notes.stop();
      memory.close();
    },
  };
}
