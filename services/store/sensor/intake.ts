/** A message of a sensor as it enters the store. Times are epoch milliseconds. */
export type IntakeMessage = {
  sensorId: string;
  type: 'opened' | 'closed' | 'position' | 'tamper' | 'heartbeat';
  /** The broker's clock when the message arrived. */
  receivedAt: number;
  /** The device's own clock, believable or not. */
  deviceAt: number | null;
  seq: number | null;
  position: number | null;
  battery: number | null;
  rssi: number | null;
  firmware: string | null;
  /** Carried the RETAIN flag: a snapshot, no proof. */
  retained: boolean;
  /** Carried the DUP flag: perhaps sent before. */
  redelivered: boolean;
};

/**
 * `recorded` for what is stored now (or, a heartbeat, has marked its sensor), `duplicate` for what was there
 * already, `unknown_sensor` where no such sensor is enrolled.
 */
export type IntakeOutcome = 'recorded' | 'duplicate' | 'unknown_sensor';

/** Below this age a message with the same number and content is the same message, sent again. */
export const RESEND_MS = 48 * 3_600_000;
