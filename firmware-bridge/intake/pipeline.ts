import type { DeviceFormat, Refusal, SourceFormat } from '#contracts/bridge/formats.ts';
import type { Clock } from '#platform/clock.ts';
import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import type {
  BridgeSettings,
  CodecSetting,
  DeviceSetting,
  Sighting,
  SourceSetting,
} from '#store/bridge/setting.ts';
import { createIntroductions, isDiscovery } from '../discovery/introductions.ts';
import { looksLike } from '../formats/looks-like.ts';
import type { Memory, SourceLife } from '../memory/memory.ts';
import {
  type Arrival,
  type Decoder,
  type Frame,
  type Reading,
  Refused,
  type Said,
  type SourceReader,
  type Uplink,
} from '../model.ts';
import type { Decision } from '../report/device-state.ts';
import type { Committer } from './committer.ts';
import { createLanes, curtainOf, type Job } from './lane.ts';

export type PipelinePorts = {
  clock: Clock;
  logger: Logger;
  memory: Memory;
  committer: Committer;
  readerOf: (source: SourceSetting) => SourceReader;
  decoderOf: (format: DeviceFormat) => Decoder | undefined;
  guess: (frame: Frame, model: string | null) => DeviceFormat | null;
  runCodec: (
    codec: CodecSetting,
    input: { bytes: Uint8Array; fPort: number | null; receivedAt: number },
  ) => Promise<Reading>;
  mostWaiting: number;
  onSighting: (sighting: Sighting) => void;
  onRefused: (sourceId: string, refusal: Refusal) => void;
  onHeard: (source: SourceSetting, receivedAt: number) => void;
  /** What is not understood looks like another format; null where it is understood. */
  onLooksLike: (sourceId: string, format: SourceFormat | null) => void;
};

export type Pipeline = {
  /**
   * Takes a message of a source. Resolves when it may be acknowledged: what it says is with our broker, or durably kept
   * for it, or it was refused for good. Rejects where it must come again.
   * @param deliveryKey names this delivery of a message that comes again until it is acknowledged
   */
  take(sourceId: string, arrival: Arrival, deliveryKey?: string): Promise<void>;
  /** Whether there is room for more; where there is none the source has to wait. */
  hasRoom(): boolean;
  /** Our connection to a source is up: what was said since the last one is there to come, or is lost. */
  linked(sourceId: string, nothingLost: boolean): void;
  use(settings: BridgeSettings): void;
  /** Forgets what was decided of devices and could not be kept. */
  forget(deviceIds: readonly string[]): void;
  stop(): void;
};

/** So many messages of ours may wait for our broker; with more, sources are not acknowledged and wait themselves. */
export const MOST_WAITING = 100_000;

const isBesideCurtain = ({ contact, position, openings, history }: Reading): boolean =>
  contact === null && position === null && openings === null && history.length === 0;

/** From a source's message to what our broker is told, through each device's own lane. */
export function createPipeline(ports: PipelinePorts): Pipeline {
  const { clock, memory, committer } = ports;
  const lanes = createLanes({ clock, stateOf: memory.stateOf });
  const beingTaken = new Map<string, Promise<void>>();
  const beingSaid = new Set<string>();
  const introduced = createIntroductions();
  let sources = new Map<string, SourceSetting>();
  let devices = new Map<string, DeviceSetting>();
  let codecs = new Map<string, CodecSetting>();
  const placeOf = (sourceId: string, address: string): string => `${sourceId} ${address}`;

  async function take(sourceId: string, arrival: Arrival, deliveryKey?: string): Promise<void> {
    if (deliveryKey === undefined) return process(sourceId, arrival, null);
    const place = placeOf(sourceId, deliveryKey);
    const present = beingTaken.get(place);
    if (present) return present;
    // Not every broker says of a message that it has sent it before.
    if (memory.hasTaken(sourceId, deliveryKey)) return undefined;
    const work = process(sourceId, arrival, deliveryKey).finally(() => beingTaken.delete(place));
    beingTaken.set(place, work);
    return work;
  }

  async function process(sourceId: string, arrival: Arrival, deliveryKey: string | null): Promise<void> {
    const source = sources.get(sourceId);
    if (!source) return;
    ports.onHeard(source, arrival.receivedAt);
    let said: Said;
    try {
      if (isDiscovery(arrival.topic)) introduced.note(source, arrival);
      said = ports.readerOf(source).read(arrival);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      ports.onRefused(sourceId, error.reason);
      guessSource(source, arrival);
      return;
    }
    if (said.uplinks.length > 0) ports.onLooksLike(sourceId, null);
    else if (said.gateway === null) guessSource(source, arrival);
    for (const refusal of said.refusals) ports.onRefused(sourceId, refusal);
    if (said.gateway === 'online' && !arrival.retained) beginLife(sourceId);
    const message: Message = { source, arrival, deliveryKey, left: 0 };
    const due: { uplink: Uplink; device: PairedDevice }[] = [];
    for (const uplink of said.uplinks) {
      const device = findPaired(message, uplink);
      if (device) due.push({ uplink, device });
    }
    message.left = due.length;
    await Promise.all(due.map(({ uplink, device }) => report(message, uplink, device)));
  }

  /** Somebody may have chosen the wrong kind of source. */
  function guessSource({ id, format }: SourceSetting, arrival: Arrival): void {
    const guess = isDiscovery(arrival.topic) ? null : looksLike(arrival);
    if (guess !== null && guess !== format) ports.onLooksLike(id, guess);
  }

  type Message = {
    source: SourceSetting;
    arrival: Arrival;
    deliveryKey: string | null;
    /** Uplinks of it that are not decided. */
    left: number;
  };
  type PairedDevice = DeviceSetting & { sensorId: string };

  /** Names the delivery with the last of its uplinks: until that is durable, the whole message comes again. */
  function deliveryOf(message: Message): string[] {
    message.left -= 1;
    return message.left === 0 && message.deliveryKey !== null ? [message.deliveryKey] : [];
  }

  /** The device that a sensor stands for; what is said of any other is only seen. */
  function findPaired(message: Message, uplink: Uplink): PairedDevice | undefined {
    const { source } = message;
    if (uplink.says === 'presence') {
      if (!uplink.online) noteAway(source.id, uplink.address);
      return undefined;
    }
    const device = devices.get(placeOf(source.id, uplink.address));
    const onceKey = onceKeyOf(uplink);
    if (
      onceKey !== null &&
      (beingSaid.has(placeOf(source.id, onceKey)) || memory.knows(source.id, onceKey))
    ) {
      see(message, uplink, { became: 'duplicate' });
      return undefined;
    }
    if (device?.sensorId) return device as PairedDevice;
    const guess = uplink.says === 'frame' ? ports.guess(uplink.frame, uplink.model) : 'as_told';
    see(message, uplink, { became: 'unpaired', guess, ...tryReading(device?.format ?? guess, uplink) });
    return undefined;
  }

  const onceKeyOf = ({ address, onceKey }: Uplink): string | null =>
    onceKey === null ? null : `${address} ${onceKey}`;

  async function report(message: Message, uplink: Uplink, device: PairedDevice): Promise<void> {
    const { source } = message;
    const onceKey = onceKeyOf(uplink);
    const place = placeOf(source.id, onceKey ?? '');
    if (onceKey !== null) beingSaid.add(place);
    try {
      await decideInTurn(message, uplink, device, onceKey);
    } finally {
      beingSaid.delete(place);
    }
  }

  async function decideInTurn(
    message: Message,
    uplink: Uplink,
    device: PairedDevice,
    onceKey: string | null,
  ): Promise<void> {
    const { source, arrival } = message;
    const { sensorId } = device;
    await new Promise<void>((resolve, reject) => {
      const job: TakenJob = {
        device,
        read: () => readUplink(device, uplink, arrival),
        reportOf: (reading) => ({
          reading,
          receivedAt: arrival.receivedAt,
          networkAt: uplink.networkAt,
          frameCounter: uplink.frameCounter,
          rssi: uplink.rssi,
          retained: arrival.retained,
          ...lifeOf(source.id, arrival),
          beganAt: null,
        }),
        debounceMs: device.debounceMs ?? ports.readerOf(source).debounceMs,
        settled: () => ({ deliveries: deliveryOf(message), onceKey, resolve, reject }),
        onDecided(decision, reading, others) {
          const all = [...(others as readonly TakenJob[]).map(({ settled }) => settled()), job.settled()];
          see(message, uplink, { reading, decision });
          committer
            .keep({
              sourceId: source.id,
              deliveryKeys: all.flatMap(({ deliveries }) => deliveries),
              onceKeys: all.flatMap(({ onceKey: key }) => (key === null ? [] : [key])),
              states: [{ deviceId: device.id, curtain: curtainOf(device), state: decision.state }],
              messages: decision.messages.map((said) => ({ sensorId, message: said })),
              at: arrival.receivedAt,
            })
            .then(
              () => {
                for (const each of all) each.resolve();
              },
              (error: unknown) => {
                for (const each of all) each.reject(error);
              },
            );
        },
        onFailed(error) {
          if (!(error instanceof Refused)) {
            ports.logger.error({ event: 'bridge.uplink-failed', device: device.id, why: reasonOf(error) });
            reject(error);
            return;
          }
          message.left -= 1;
          see(message, uplink, { refusal: error.reason });
          resolve();
        },
      };
      lanes.push(job);
    });
  }

  /** A device that connects to us itself may have said things to nobody before it did. */
  function lifeOf(sourceId: string, { connectedAt = 0 }: Arrival): SourceLife {
    const life = memory.lifeOf(sourceId);
    return { ...life, linkedSince: Math.max(life.linkedSince, connectedAt) };
  }

  type TakenJob = Job & {
    settled: () => {
      deliveries: string[];
      onceKey: string | null;
      resolve: () => void;
      reject: (error: unknown) => void;
    };
  };

  const decoderFor = (format: DeviceFormat | null): Decoder | undefined =>
    format === null ? undefined : ports.decoderOf(format);

  function readUplink(
    device: DeviceSetting,
    uplink: Uplink,
    { receivedAt }: Arrival,
  ): Reading | Promise<Reading> {
    if (uplink.says === 'presence') throw new Refused('not_for_us');
    const { format } = device;
    if (uplink.says === 'reading') {
      // A network's own word, on a battery or that a device was heard, goes by no format.
      const isAsTold = format === null || format === 'as_told' || isBesideCurtain(uplink.reading);
      if (isAsTold) return uplink.reading;
      throw new Refused('no_format');
    }
    if (format === 'codec') {
      const codec = device.codecId === null ? undefined : codecs.get(device.codecId);
      if (!codec) throw new Refused('codec_missing');
      return ports.runCodec(codec, { ...uplink.frame, receivedAt });
    }
    const decoder = decoderFor(format);
    if (!decoder) throw new Refused('no_format');
    return decoder.decode(uplink.frame);
  }

  /** What an unpaired device says, for whoever sets it up; an operator's code is not run for strangers. */
  function tryReading(format: DeviceFormat | null, uplink: Uplink): { reading?: Reading; refusal?: Refusal } {
    if (uplink.says === 'reading') return { reading: uplink.reading };
    if (uplink.says !== 'frame') return {};
    const decoder = decoderFor(format);
    if (!decoder) return {};
    try {
      return { reading: decoder.decode(uplink.frame) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { refusal: error.reason };
    }
  }

  function see(
    { source, arrival }: Message,
    uplink: Uplink,
    what: {
      reading?: Reading;
      decision?: Decision;
      refusal?: Refusal;
      became?: Sighting['became'];
      guess?: DeviceFormat | null;
    },
  ): void {
    const { reading, decision, refusal } = what;
    const frame = uplink.says === 'frame' ? uplink.frame : undefined;
    const introduction = frame ? undefined : introduced.find(source.id, arrival.topic);
    ports.onSighting({
      sourceId: source.id,
      address: uplink.address,
      name: introduction?.name ?? uplink.name,
      // Of what somebody has set up nobody needs one.
      guess: what.guess ?? null,
      receivedAt: arrival.receivedAt,
      networkAt: uplink.networkAt,
      deviceAt: reading?.deviceAt ?? null,
      topic: arrival.topic,
      retained: arrival.retained,
      payload: frame?.bytes ?? arrival.payload,
      fPort: frame?.fPort ?? null,
      reading: reading
        ? { contact: reading.contact, position: reading.position, battery: reading.battery }
        : null,
      refusal: refusal ?? null,
      became: what.became ?? decision?.became ?? null,
      missed: decision?.missed ?? 0,
      restarted: decision?.restarted ?? false,
      direction: introduction?.direction ?? null,
    });
  }

  /** What a gateway says after its restart may come from a cache; the first word of each of its devices is a snapshot. */
  function beginLife(sourceId: string): void {
    const life = memory.lifeOf(sourceId);
    memory.setLife(sourceId, { ...life, gatewayLife: life.gatewayLife + 1 });
  }

  /** A device that is away, and with it all that is reached through it. */
  function noteAway(sourceId: string, address: string): void {
    for (const device of devices.values()) {
      const isIt = device.address === address || device.address.startsWith(`${address}:`);
      if (device.sourceId === sourceId && isIt && device.sensorId) lanes.noteGap(device);
    }
  }

  return {
    take,
    hasRoom: () => memory.waiting() < ports.mostWaiting,
    linked(sourceId, nothingLost) {
      const life = memory.lifeOf(sourceId);
      if (nothingLost && life.linkedSince > 0) return;
      memory.setLife(sourceId, { ...life, linkedSince: clock.now().epochMilliseconds });
    },
    use(settings) {
      sources = new Map(settings.sources.map((source) => [source.id, source]));
      devices = new Map(settings.devices.map((device) => [placeOf(device.sourceId, device.address), device]));
      codecs = new Map(settings.codecs.map((codec) => [codec.id, codec]));
    },
    forget: lanes.forget,
    stop: lanes.stop,
  };
}
