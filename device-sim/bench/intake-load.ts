import { connect, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { eventTopic } from '#contracts/mqtt/topics.ts';
import { CONNACK, connectPacket, PUBACK, publishPacket } from './mqtt-frames.ts';

/**
 * The load generator, a process of its own: sensors over raw sockets, each with one message under way. Told
 * what to do by messages from its parent, answers each with one.
 */
export type LoadOrder =
  | {
      kind: 'connect';
      port: number;
      clients: number;
      secrets: string[];
      first?: number;
      tls?: boolean;
      /** All of them in the same moment, instead of some hundred at a time, and each says something once it is in. */
      asStorm?: boolean;
    }
  /** As fast as acknowledgements come, or `perSecond` in all, on schedule whatever the broker does. */
  | { kind: 'publish'; forMs: number; perSecond?: number }
  | { kind: 'disconnect' };

/** Milliseconds of each sensor. */
export type ConnectResult = {
  /** From the moment in which all set out. */
  connacks: number[];
  /** From there to the acknowledgement of its first message, in a storm. */
  pubacks: number[];
  /** Connections that ended before they were let in, and were made again. */
  again: number;
};

export type LoadResult = {
  /** In the measured time; the messages under way at its end are in the total only. */
  acknowledged: number;
  acknowledgedInAll: number;
  seconds: number;
  p50: number;
  p99: number;
  most: number;
  /** Messages of the schedule that were still waiting at the end. */
  late: number;
};

type Virtual = {
  socket: Socket;
  topic: string;
  seq: number;
  /** When the message under way was due; 0 when there is none. */
  since: number;
  backlog: number[];
  onConnack: () => void;
};

const SERVER_UNAVAILABLE = 3;
const CONNECTED_AT_ONCE = 200;
const AGAIN_AFTER_MS = 1_000;
const sensors: Virtual[] = [];
let latencies: number[] = [];
let publishing = false;
let isClosedLoop = true;
let onIdle: (() => void) | undefined;
let underWay = 0;
let nextSeq = Math.floor(Date.now() / 1_000) * 1_000;

function send(sensor: Virtual, dueAt: number): void {
  sensor.seq += 1;
  sensor.since = dueAt;
  underWay += 1;
  const type = sensor.seq % 2 === 0 ? 'opened' : 'closed';
  const payload = `{"type":"${type}","at":${Date.now()},"seq":${sensor.seq},"battery":88,"rssi":-71}`;
  sensor.socket.write(publishPacket(sensor.topic, (sensor.seq % 65_535) + 1, payload));
}

function receive(sensor: Virtual, bytes: Buffer): void {
  // Every packet that the broker sends here is four bytes long and fits into one segment.
  for (let index = 0; index + 4 <= bytes.length; index += 4) {
    const kind = bytes[index];
    if (kind === CONNACK) {
      const code = bytes[index + 3];
      if (code === 0) sensor.onConnack();
      else if (code === SERVER_UNAVAILABLE) sensor.socket.destroy();
      else throw new Error(`the broker refused a connection: ${code}`);
    } else if (kind === PUBACK) {
      latencies.push(performance.now() - sensor.since);
      sensor.since = 0;
      underWay -= 1;
      if (publishing && isClosedLoop) send(sensor, performance.now());
      else if (sensor.backlog.length > 0) send(sensor, sensor.backlog.shift() as number);
      else if (underWay === 0) onIdle?.();
    } else throw new Error(`unexpected packet ${kind}`);
  }
}

async function open(order: Extract<LoadOrder, { kind: 'connect' }>): Promise<ConnectResult> {
  const from = order.first ?? 0;
  const end = from + order.clients;
  const group = order.asStorm ? order.clients : CONNECTED_AT_ONCE;
  const connacks: number[] = [];
  let again = 0;
  latencies = [];
  const startedAt = performance.now();
  for (let first = from; first < end; first += group) {
    const secrets = order.secrets.slice(first, Math.min(first + group, end));
    await Promise.all(
      secrets.map(async (secret, index) => {
        const sensorId = `bench-${first + index}`;
        let sensor = await join(order, sensorId, secret);
        for (; !sensor; sensor = await join(order, sensorId, secret)) {
          again += 1;
          await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
        }
        connacks.push(performance.now() - startedAt);
        if (order.asStorm) send(sensor, performance.now());
      }),
    );
  }
  await idle();
  nextSeq += 10_000_000;
  return { connacks, pubacks: latencies, again };
}

/** @returns undefined where the connection ended before the sensor was let in */
async function join(
  order: Extract<LoadOrder, { kind: 'connect' }>,
  sensorId: string,
  secret: string,
): Promise<Virtual | undefined> {
  const address = { port: order.port, host: '127.0.0.1', noDelay: true };
  const socket = order.tls ? connectTls({ ...address, rejectUnauthorized: false }) : connect(address);
  const { promise, resolve } = Promise.withResolvers<Virtual | undefined>();
  const sensor: Virtual = {
    socket,
    topic: eventTopic(sensorId),
    seq: nextSeq,
    since: 0,
    backlog: [],
    onConnack: () => {
      sensors.push(sensor);
      resolve(sensor);
    },
  };
  socket.on('error', () => undefined).on('close', () => resolve(undefined));
  socket.on('data', (bytes: Buffer) => receive(sensor, bytes));
  socket.once(order.tls ? 'secureConnect' : 'connect', () => socket.write(connectPacket(sensorId, secret)));
  return promise;
}

/** Waits until nothing is under way. */
async function idle(): Promise<void> {
  if (underWay > 0) await new Promise<void>((resolve) => (onIdle = resolve));
  onIdle = undefined;
}

async function publish(order: Extract<LoadOrder, { kind: 'publish' }>): Promise<LoadResult> {
  latencies = [];
  publishing = true;
  isClosedLoop = order.perSecond === undefined;
  const startedAt = performance.now();
  if (isClosedLoop) {
    for (const sensor of sensors) send(sensor, performance.now());
    await new Promise((resolve) => setTimeout(resolve, order.forMs));
  } else await offer(order.forMs, order.perSecond as number, startedAt);
  const seconds = (performance.now() - startedAt) / 1_000;
  const acknowledged = latencies.length;
  publishing = false;
  const late = sensors.reduce((sum, sensor) => sum + sensor.backlog.length, 0);
  await idle();
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    acknowledged,
    acknowledgedInAll: latencies.length,
    seconds,
    p50: at(0.5),
    p99: at(0.99),
    most: at(1),
    late,
  };
}

/** Latency counts from the scheduled moment, so that a stall is not hidden by offering less meanwhile. */
async function offer(forMs: number, perSecond: number, startedAt: number): Promise<void> {
  let offered = 0;
  while (performance.now() - startedAt < forMs) {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond);
    for (; offered < due; offered += 1) {
      const sensor = sensors[offered % sensors.length] as Virtual;
      const dueAt = startedAt + ((offered + 1) / perSecond) * 1_000;
      if (sensor.since === 0) send(sensor, dueAt);
      else sensor.backlog.push(dueAt);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

process.on('message', async (order: LoadOrder) => {
  if (order.kind === 'connect') process.send?.(await open(order));
  else if (order.kind === 'publish') process.send?.(await publish(order));
  else {
    // Reset, so that no port waits a minute for stragglers and is missing in the next round.
    for (const { socket } of sensors.splice(0)) {
      if (socket instanceof TLSSocket) socket.destroy();
      else socket.resetAndDestroy();
    }
    process.send?.({ done: true });
  }
});
process.on('disconnect', () => process.exit(0));
