import type { Client, PublishPacket } from 'aedes';
import { parseStatus } from '#contracts/mqtt/sensor-message.ts';
import { parseTopic, type TopicKind } from '#contracts/mqtt/topics.ts';
import type { Clock } from '#platform/clock.ts';
import { readAhead } from './aedes-internals.ts';
import { arrivalOf, unreadOf } from './arrival.ts';
import type { BridgeSensors } from './bridge-sensors.ts';
import { drop } from './dropped.ts';
import type { Arrival, IntakeQueue } from './intake-queue.ts';
import type { Limits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import type { PresenceKeeper } from './presence.ts';
import type { Rate } from './rate.ts';
import type { Sessions } from './session.ts';

type Answer = (error?: Error | null) => void;

type Ports = {
  brokerId: string;
  clock: Clock;
  sensors: BridgeSensors;
  sessions: Sessions;
  queue: IntakeQueue;
  presence: PresenceKeeper;
  rate: Rate;
  limits: Limits;
  metrics: Metrics;
};

export type BridgeDoor = {
  /** Called when the bridge has signed in, before its connection is read on. */
  open(client: Client): void;
  isBridge(client: Client | null): boolean;
  receive(client: Client, packet: PublishPacket, answer: Answer): void;
};

/** A message of the bridge on its way to the queue. */
type Message = {
  kind: TopicKind;
  packet: PublishPacket;
  retained: boolean;
  receivedAt: number;
  answer: Answer;
};

type Bridge = {
  client: Client;
  /** Messages without an acknowledgement. */
  pending: number;
  /** Of each sensor what is not in the queue yet, in its order. */
  lanes: Map<string, Message[]>;
  suspend(suspended: boolean): void;
};

const FULL_RETRY_MS = 250;

/**
 * What the firmware-bridge publishes for the sensors of its devices, treated as if each had said it itself. It is our
 * own and has an outbox: nothing that goes wrong with one sensor ends the connection of all of them, and what the
 * database cannot take yet is not acknowledged and waits. Each sensor waits for itself only.
 */
export function createBridgeDoor(ports: Ports): BridgeDoor {
  const { clock, sensors, sessions, queue, presence, rate, limits, metrics } = ports;
  const bridges = new WeakMap<Client, Bridge>();
  // The same for each of its connections: what it says of a sensor is about that one's, not about its own.
  const connection = `${ports.brokerId}/bridge`;

  function receive(client: Client, packet: PublishPacket, answer: Answer): void {
    const bridge = bridges.get(client);
    if (!bridge || client.closed || packet === (client as { will?: unknown }).will) {
      answer(new Error('a will is not passed on'));
      return;
    }
    // Aedes would keep the last retained message of every topic in memory.
    const retained = packet.retain === true;
    packet.retain = false;
    const topic = parseTopic(packet.topic);
    if (!topic) {
      refuse(packet, answer);
      return;
    }
    bridge.pending += 1;
    if (bridge.pending >= limits.mostFromBridge) bridge.suspend(true);
    const message: Message = {
      kind: topic.kind,
      packet,
      retained,
      receivedAt: clock.now().epochMilliseconds,
      answer(failure) {
        bridge.pending -= 1;
        if (bridge.pending <= limits.mostFromBridge / 2) bridge.suspend(false);
        // Who listens to a sensor's topics is that sensor, and it knows; one that is away for good would be kept them.
        if (failure) answer(failure);
        else drop(packet, answer);
      },
    };
    const lane = bridge.lanes.get(topic.sensorId);
    if (lane) {
      lane.push(message);
      return;
    }
    bridge.lanes.set(topic.sensorId, [message]);
    void empty(bridge, topic.sensorId);
  }

  /** One after the other; a connection that is gone sends again what it had not been answered. */
  async function empty(bridge: Bridge, sensorId: string): Promise<void> {
    const lane = bridge.lanes.get(sensorId) ?? [];
    for (let message = lane[0]; message && !bridge.client.closed; message = lane[0]) {
      await holdBack(bridge, sensorId);
      const sensor = await findSensor(bridge, sensorId);
      if (bridge.client.closed) break;
      lane.shift();
      if (sensor === undefined) refuse(message.packet, message.answer);
      else await pass(bridge, sensorId, sensor.reversed, message);
    }
    bridge.lanes.delete(sensorId);
  }

  /** Over its rate a sensor's next message waits, however long: the sensor cannot be closed, and the bridge is not. */
  async function holdBack({ client }: Bridge, sensorId: string): Promise<void> {
    for (;;) {
      const hold = rate.take(sensorId, performance.now());
      if (hold === 0) return;
      await pause(hold === 'flood' ? limits.mostHoldMs : hold);
      if (hold !== 'flood' || client.closed) return;
    }
  }

  /** Asked last, so that a sensor that was turned round or retired while its message waited is found so. */
  async function findSensor({ client }: Bridge, sensorId: string) {
    for (;;) {
      const sensor = await sensors.find(sensorId).catch(() => 'database away' as const);
      if (sensor !== 'database away') return sensor;
      if (client.closed) return undefined;
    }
  }

  async function pass(bridge: Bridge, sensorId: string, reversed: boolean, message: Message): Promise<void> {
    const { kind, packet, retained, receivedAt, answer } = message;
    if (kind === 'event') {
      await push(bridge, arrivalOf(packet, { sensorId, reversed, retained, receivedAt }), answer);
      return;
    }
    const status = parseStatus(packet.payload as Buffer);
    if (!status.ok) {
      const raw = unreadOf(packet, { sensorId, receivedAt }, status.reason);
      await push(bridge, { sensorId, raw, message: undefined }, answer);
      return;
    }
    // A sensor that is connected itself says so by being connected.
    if (!sessions.find(sensorId))
      presence.mark({ sensorId, online: status.message === 'online', connection });
    answer();
  }

  async function push({ client }: Bridge, arrival: Arrival, answer: Answer): Promise<void> {
    while (!queue.push(arrival, answer, 'as long as it takes')) {
      await pause(FULL_RETRY_MS);
      if (client.closed) return;
    }
  }

  function refuse(packet: PublishPacket, answer: Answer): void {
    metrics.refused('bridge_foreign');
    drop(packet, answer);
  }

  return {
    open(client) {
      bridges.set(client, { client, pending: 0, lanes: new Map(), suspend: readAhead(client) });
    },
    isBridge: (client) => client !== null && bridges.has(client),
    receive,
  };
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
