import type { Client, PublishPacket } from 'aedes';
import { parseStatus } from '#contracts/mqtt/sensor-message.ts';
import { isSensorsTopic } from '#contracts/mqtt/topics.ts';
import type { Clock } from '#platform/clock.ts';
import type { AddressThrottle } from './address-throttle.ts';
import { arrivalOf, unreadOf } from './arrival.ts';
import { offenderOf } from './authenticate.ts';
import { drop } from './dropped.ts';
import type { Arrival, IntakeQueue, Settled } from './intake-queue.ts';
import type { Limits } from './limits.ts';
import type { MakersDoor } from './makers-door.ts';
import type { Metrics, RefusalReason } from './metrics.ts';
import type { PresenceKeeper } from './presence.ts';
import type { Rate } from './rate.ts';
import type { Session, Sessions } from './session.ts';

type Ports = {
  clock: Clock;
  sessions: Sessions;
  queue: IntakeQueue;
  makers: MakersDoor;
  presence: PresenceKeeper;
  rate: Rate;
  limits: Limits;
  throttle: AddressThrottle;
  addressOf: (client: Client) => string;
  metrics: Metrics;
};

type Answer = (error?: Error | null) => void;

/**
 * The publish hook. What it answers is the sensor's acknowledgement: Aedes sends PUBACK or PUBREC only
 * after it, and closes the connection on an error. Aedes calls it for a last will too, then with a client
 * that is closed or none.
 */
export function createReceive(ports: Ports) {
  const { clock, sessions, queue, makers, presence, rate, limits, metrics } = ports;

  function receive(client: Client | null, packet: PublishPacket, answer: Answer): void {
    // Stamped before anything can wait: freshness is judged by this time.
    const receivedAt = clock.now().epochMilliseconds;
    const session = sessions.of(client);
    const isStatus = session !== undefined && packet.topic === session.statusTopic;
    if (!client || client.closed || packet === (client as { will?: unknown }).will) {
      if (session && isStatus) markStatus(session, packet);
      else if (session && makers.isFor(session, packet.topic))
        void makers.hand(session, packet, { isWill: true, receivedAt });
      // Nobody may subscribe to another sensor's topics, so a will has no reader.
      answer(new Error('a will is not passed on'));
      return;
    }
    if (!session) {
      refuse('protocol', answer);
      return;
    }
    // Aedes would keep the last retained message of every topic in memory.
    const retained = packet.retain === true;
    packet.retain = false;
    if (packet.topic === session.eventTopic) {
      const { sensorId, reversed } = session;
      record(session, arrivalOf(packet, { sensorId, reversed, retained, receivedAt }), answer);
      return;
    }
    if (makers.isFor(session, packet.topic)) {
      // Whatever its RETAIN flag: such devices set it on all that they say, and here it is said now.
      const as = { isWill: false, receivedAt };
      accept(session, (settled) => void makers.hand(session, packet, as).then(settled), answer);
      return;
    }
    if (!isStatus && session.makers && !isSensorsTopic(packet.topic)) {
      // It introduces itself to others too (tasmota/discovery, homeassistant), who are not here.
      metrics.refused('foreign_topic');
      drop(packet, answer);
      return;
    }
    if (!isStatus) {
      ports.throttle.fail(offenderOf(ports.addressOf(client), session.sensorId), performance.now());
      refuse('foreign_topic', answer);
      return;
    }
    if (markStatus(session, packet)) {
      answer();
      return;
    }
    const { sensorId } = session;
    const raw = unreadOf(packet, { sensorId, receivedAt }, 'status_unknown');
    record(session, { sensorId, raw, message: undefined }, answer);
  }

  function markStatus(session: Session, packet: PublishPacket): boolean {
    const status = parseStatus(packet.payload as Buffer);
    if (!status.ok) return false;
    const { sensorId, connection } = session;
    presence.mark({ sensorId, online: status.message === 'online', connection });
    return true;
  }

  function record(session: Session, arrival: Arrival, answer: Answer): void {
    const take = (settled: Settled): void => {
      if (!queue.push(arrival, settled)) refuse('backlog_full', answer);
    };
    accept(session, take, answer);
  }

  /** Within the limits of one sensor; `take` is called at once, or in its turn. */
  function accept(session: Session, take: (settled: Settled) => void, answer: Answer): void {
    const now = performance.now();
    const hold = rate.take(session.sensorId, now);
    if (hold === 'flood' || session.pending >= limits.mostPerSensor) {
      refuse('flood', answer);
      return;
    }
    session.pending += 1;
    if (session.pending >= limits.pauseReadingAt) session.suspend(true);
    const release = (): void =>
      take((failure) => {
        session.pending -= 1;
        if (session.pending <= limits.pauseReadingAt / 2 && session.held.length === 0) session.suspend(false);
        answer(failure);
      });
    if (hold === 0 && session.held.length === 0) release();
    else holdBack(session, { release, dueAt: now + hold });
  }

  function refuse(reason: RefusalReason, answer: Answer): void {
    metrics.refused(reason);
    answer(new Error(reason));
  }

  return receive;
}

/** In the order of arrival, by one timer; meanwhile the connection is not read. */
function holdBack(session: Session, held: Session['held'][number]): void {
  session.held.push(held);
  session.suspend(true);
  session.holdTimer ??= setTimeout(() => releaseHeld(session), held.dueAt - performance.now());
}

function releaseHeld(session: Session): void {
  session.holdTimer = undefined;
  const now = performance.now();
  // A connection that is gone sends again: what it had not been answered is its own again.
  if (session.client.closed) session.held = [];
  while (session.held[0] && session.held[0].dueAt <= now + 1) session.held.shift()?.release();
  const [next] = session.held;
  if (next) session.holdTimer = setTimeout(() => releaseHeld(session), next.dueAt - now);
  else if (session.pending === 0) session.suspend(false);
}
