import type { PublishPacket } from 'aedes';
import { parseSensorMessage } from '#contracts/mqtt/sensor-message.ts';
import { turnRound } from '#pact/polarity.ts';
import type { Unread } from '#store/sensor/quarantine.ts';
import type { Arrival } from './intake-queue.ts';

/** What is known of a publish beside its packet. */
export type Circumstances = {
  sensorId: string;
  /** Mounted the other way round. */
  reversed: boolean;
  retained: boolean;
  /** Epoch milliseconds, taken before anything could wait: freshness is judged by this time. */
  receivedAt: number;
};

/** An event as it goes into the queue: to be recorded where it can be read, else to be quarantined. */
export function arrivalOf(packet: PublishPacket, of: Circumstances): Arrival {
  const { sensorId, receivedAt, retained } = of;
  const parsed = parseSensorMessage(packet.payload as Buffer);
  const raw = unreadOf(packet, of, parsed.ok ? '' : parsed.reason);
  if (!parsed.ok) return { sensorId, raw, message: undefined };
  const { type, at, seq, position, battery, rssi, firmware } = of.reversed
    ? turnRound(parsed.message)
    : parsed.message;
  const redelivered = packet.dup === true;
  const read = { type, deviceAt: at, seq, position, battery, rssi, firmware };
  return { sensorId, raw, message: { sensorId, receivedAt, ...read, retained, redelivered } };
}

export const unreadOf = (
  packet: PublishPacket,
  { sensorId, receivedAt }: Pick<Circumstances, 'sensorId' | 'receivedAt'>,
  reason: string,
): Unread => ({
  sensorId,
  receivedAt: new Date(receivedAt),
  topic: packet.topic,
  reason,
  payload: packet.payload as Buffer,
});
