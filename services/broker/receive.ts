import type { Client, PublishPacket } from 'aedes';
import { parseSensorMessage, parseStatus } from '#contracts/mqtt/sensor-message.ts';
import { turnRound } from '#pact/polarity.ts';
import type { Clock } from '#platform/clock.ts';
import type { Unread } from '#store/sensor/quarantine.ts';
import type { AddressThrottle } from './address-throttle.ts';
import { offenderOf } from './authenticate.ts';
import type { IntakeQueue } from './intake-queue.ts';
import type { Limits } from './limits.ts';
import type { Metrics, RefusalReason } from './metrics.ts';
import type { PresenceKeeper } from './presence.ts';
import type { Rate } from './rate.ts';
import type { Session, Sessions } from './session.ts';

type Ports = {
  clock: Clock;
  sessions: Sessions;
  queue: IntakeQueue;
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
  const { clock, sessions, queue, presence, rate, limits, metrics } = ports;

  function receive(client: Client | null, packet: PublishPacket, answer: Answer): void {
    const session = sessions.of(client);
    const isStatus = session !== undefined && packet.topic === session.statusTopic;
    if (!client || client.closed || packet === (client as { will?: unknown }).will) {
      if (session && isStatus) markStatus(session, packet);
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
      receiveEvent(session, packet, retained, answer);
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
    const raw = unreadOf(session, packet, 'status_unknown', clock.now().epochMilliseconds);
    accept(session, raw, undefined, answer);
  }

  function receiveEvent(session: Session, packet: PublishPacket, retained: boolean, answer: Answer): void {
    // Stamped before anything can wait: freshness is judged by this time.
    const receivedAt = clock.now().epochMilliseconds;
    const parsed = parseSensorMessage(packet.payload as Buffer);
    const raw = unreadOf(session, packet, parsed.ok ? '' : parsed.reason, receivedAt);
    if (!parsed.ok) {
      accept(session, raw, undefined, answer);
      return;
    }
    const { type, at, seq, position, battery, rssi, firmware } = session.reversed
      ? turnRound(parsed.message)
      : parsed.message;
    const message = {
      sensorId: session.sensorId,
      type,
      receivedAt,
      deviceAt: at,
      seq,
      position,
      battery,
      rssi,
      firmware,
      retained,
      redelivered: packet.dup === true,
    };
    accept(session, raw, message, answer);
  }

  function markStatus(session: Session, packet: PublishPacket): boolean {
    const status = parseStatus(packet.payload as Buffer);
    if (!status.ok) return false;
    const { sensorId, connection } = session;
    presence.mark({ sensorId, online: status.message === 'online', connection });
    return true;
  }

  function accept(
    session: Session,
    raw: Unread,
    message: Parameters<IntakeQueue['push']>[0]['message'],
    answer: Answer,
  ): void {
    const now = performance.now();
    const hold = rate.take(session.sensorId, now);
    if (hold === 'flood' || session.pending >= limits.mostPerSensor) {
      refuse('flood', answer);
      return;
    }
    session.pending += 1;
    if (session.pending >= limits.pauseReadingAt) session.suspend(true);
    const push = (): void => {
      const accepted = queue.push({ sensorId: session.sensorId, raw, message }, (failure) => {
        session.pending -= 1;
        if (session.pending <= limits.pauseReadingAt / 2 && session.held.length === 0) session.suspend(false);
        answer(failure);
      });
      if (!accepted) refuse('backlog_full', answer);
    };
    if (hold === 0 && session.held.length === 0) push();
    else holdBack(session, { release: push, dueAt: now + hold });
  }

  function refuse(reason: RefusalReason, answer: Answer): void {
    metrics.refused(reason);
    answer(new Error(reason));
  }

  return receive;
}

const unreadOf = (session: Session, packet: PublishPacket, reason: string, receivedAt: number): Unread => ({
  sensorId: session.sensorId,
  receivedAt: new Date(receivedAt),
  topic: packet.topic,
  reason,
  payload: packet.payload as Buffer,
});

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
