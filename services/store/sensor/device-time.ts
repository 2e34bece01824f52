import { type IntakeMessage, RESEND_MS } from './intake.ts';

const MOST_AHEAD_MS = 2 * 60_000;
const END_OF_9999 = 253_402_300_799_999;

export type AtSource = 'device' | 'received' | 'device_refused';
export type EventTime = { at: number; source: AtSource; deviceAt: number | null };

/**
 * The time that counts for a message (DESIGN section 6): the device's, where it lies within the 48 h before
 * and the 2 min after its arrival, else the arrival. What the device said is kept as far as it says
 * anything: a clock that stands at zero gives every message the same time, which would make them one.
 */
export function settleTime(message: Pick<IntakeMessage, 'receivedAt' | 'deviceAt'>): EventTime {
  const { receivedAt, deviceAt } = message;
  if (deviceAt === null) return { at: receivedAt, source: 'received', deviceAt: null };
  if (deviceAt >= receivedAt - RESEND_MS && deviceAt <= receivedAt + MOST_AHEAD_MS) {
    return { at: deviceAt, source: 'device', deviceAt };
  }
  const says = deviceAt > 0 && deviceAt <= END_OF_9999 ? deviceAt : null;
  return { at: receivedAt, source: 'device_refused', deviceAt: says };
}
