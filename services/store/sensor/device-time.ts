import { type IntakeMessage, RESEND_MS } from './intake.ts';

/** What a device may have buffered; a clock that is further back was never set. */
const BUFFERED_MS = 30 * 24 * 3_600_000;
const MOST_AHEAD_MS = 2 * 60_000;
const END_OF_9999 = 253_402_300_799_999;

export type AtSource = 'device' | 'received' | 'device_refused';
export type EventTime = {
  at: number;
  source: AtSource;
  deviceAt: number | null;
  /** Buffered for days: what it tells happened, and says nothing of today. */
  isOfAnotherDay: boolean;
};

/**
 * The time that counts for a message (DESIGN section 6): the device's, where it lies within the 48 h before
 * and the 2 min after its arrival, else the arrival. What the device said is kept as far as it says
 * anything: a clock that stands at zero gives every message the same time, which would make them one.
 * A refused time of the last 30 days is that of a buffered event (ADR 0010).
 */
export function settleTime(message: Pick<IntakeMessage, 'receivedAt' | 'deviceAt'>): EventTime {
  const { receivedAt, deviceAt } = message;
  if (deviceAt === null) return { at: receivedAt, source: 'received', deviceAt: null, isOfAnotherDay: false };
  if (deviceAt >= receivedAt - RESEND_MS && deviceAt <= receivedAt + MOST_AHEAD_MS) {
    return { at: deviceAt, source: 'device', deviceAt, isOfAnotherDay: false };
  }
  const says = deviceAt > 0 && deviceAt <= END_OF_9999 ? deviceAt : null;
  const isOfAnotherDay = deviceAt < receivedAt && deviceAt >= receivedAt - BUFFERED_MS;
  return { at: receivedAt, source: 'device_refused', deviceAt: says, isOfAnotherDay };
}
