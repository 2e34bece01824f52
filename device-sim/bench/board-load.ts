import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { eventTopic } from '#contracts/mqtt/topics.ts';
import { CONNACK, connectPacket, PUBACK, publishPacket } from './mqtt-frames.ts';

/**
 * Virtual homes for the bench of the board, a process of its own: each sensor tells that its curtain was opened, so
 * that every first message of a morning changes what its window shows. Answers each order with one message.
 */
export type BoardOrder =
  | { kind: 'connect'; port: number; secrets: string[]; sensorIds: string[] }
  /** So many messages, `perSecond` in all, each sensor in its turn. */
  | { kind: 'publish'; messages: number; perSecond: number }
  | { kind: 'now' };

/** `at` by this process's clock, in milliseconds since the epoch with fractions. */
export type Sent = { sensor: number; at: number };
export type BoardAnswer = { sent: Sent[]; acknowledged: number; now: number };

type Virtual = { socket: Socket; topic: string; seq: number };

const sensors: Virtual[] = [];
let acknowledged = 0;
const now = () => performance.timeOrigin + performance.now();

async function open(order: Extract<BoardOrder, { kind: 'connect' }>): Promise<void> {
  for (let first = 0; first < order.sensorIds.length; first += 200) {
    const group = order.sensorIds.slice(first, first + 200);
    const connected = group.map(async (sensorId, index) => {
      const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true });
      await once(socket, 'connect');
      const accepted = Promise.withResolvers<void>();
      sensors[first + index] = { socket, topic: eventTopic(sensorId), seq: 0 };
      socket.on('data', (bytes: Buffer) => {
        // Every packet that the broker sends here is four bytes long and fits into one segment.
        for (let at = 0; at + 4 <= bytes.length; at += 4) {
          if (bytes[at] === CONNACK && bytes[at + 3] === 0) accepted.resolve();
          else if (bytes[at] === PUBACK) acknowledged += 1;
          else accepted.reject(new Error(`unexpected packet ${bytes[at]}`));
        }
      });
      socket.write(connectPacket(sensorId, order.secrets[first + index] ?? ''));
      await accepted.promise;
    });
    await Promise.all(connected);
  }
}

/** People of all houses get up at once: a prime walks through every sensor, from house to house. */
const STRIDE = 1_871;
let turn = 0;

async function publish({ messages, perSecond }: Extract<BoardOrder, { kind: 'publish' }>): Promise<Sent[]> {
  const sent: Sent[] = [];
  const startedAt = performance.now();
  while (sent.length < messages) {
    const due = Math.min(messages, ((performance.now() - startedAt) / 1_000) * perSecond);
    while (sent.length < due) {
      const index = (turn * STRIDE) % sensors.length;
      const sensor = sensors[index] as Virtual;
      turn += 1;
      sensor.seq += 1;
      const payload = `{"type":"opened","seq":${sensor.seq},"battery":88,"rssi":-71}`;
      sent.push({ sensor: index, at: now() });
      sensor.socket.write(publishPacket(sensor.topic, (sensor.seq % 65_535) + 1, payload));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return sent;
}

async function untilAcknowledged(count: number): Promise<void> {
  while (acknowledged < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

process.on('message', async (order: BoardOrder) => {
  let sent: Sent[] = [];
  if (order.kind === 'connect') await open(order);
  if (order.kind === 'publish') {
    const before = acknowledged;
    sent = await publish(order);
    await untilAcknowledged(before + sent.length);
  }
  const answer: BoardAnswer = { sent, acknowledged, now: now() };
  process.send?.(answer);
});
process.on('disconnect', () => process.exit(0));
