import type { Reading } from '../model.ts';

export type Contact = 'open' | 'closed';

/** All that is remembered of a paired device between two messages. */
export type DeviceState = {
  /** In the sense of the format's document, not yet turned round by the installation test. */
  contact: Contact | null;
  /** When it was last known to be so, by the best clock there was: what changed, changed after this. Epoch milliseconds. */
  contactAt: number | null;
  /** What our broker was last told, in the same sense. */
  toldContact: Contact | null;
  openings: number | null;
  events: number | null;
  frameCounter: number | null;
  /** When our broker last heard of it, by our clock. */
  toldAt: number | null;
  battery: number | null;
  tamper: boolean;
  /** The newest record of its own memory that was taken. */
  historyAt: number | null;
  /**
   * From when until when it was heard to be open, the last times, and whether that was told with a time that is certain: a
   * device that had no answer tells of it again.
   */
  heardOpen: readonly { at: number; until: number; isCertain: boolean }[];
  /** The gateway's life in which it was last heard; in another one its first word may be old. */
  gatewayLife: number;
  /** Something that it said since `contactAt` may not have reached us. */
  hasGap: boolean;
  /**
   * It is only known from what a broker had kept, or a gateway before its restart, and nothing else bears it out: a change
   * against it may be none.
   */
  doubt: 'kept' | 'replayed' | null;
  /** Who set it moving, until it has come to rest. */
  movedBy: 'person' | 'motor' | null;
  /** The number of the last message that we sent for it. */
  seq: number;
};

export const NEW_DEVICE: DeviceState = {
  contact: null,
  contactAt: null,
  toldContact: null,
  openings: null,
  events: null,
  frameCounter: null,
  toldAt: null,
  battery: null,
  tamper: false,
  historyAt: null,
  heardOpen: [],
  gatewayLife: 0,
  hasGap: false,
  doubt: null,
  movedBy: null,
  seq: 0,
};

/** A reading with everything that is known of how and when it came. */
export type Report = {
  reading: Reading;
  /** Epoch milliseconds by our clock, and by the network's where it has one. */
  receivedAt: number;
  networkAt: number | null;
  frameCounter: number | null;
  rssi: number | null;
  /** Replayed by a broker. */
  retained: boolean;
  /** Counts the gateway's restarts. */
  gatewayLife: number;
  /** Since when we have heard this source without a gap. Epoch milliseconds. */
  linkedSince: number;
  /** When what came to rest now began; null where it did not have to settle. Epoch milliseconds. */
  beganAt: number | null;
};

/** What is said to our broker. */
export type Message = {
  type: 'opened' | 'closed' | 'tamper' | 'heartbeat';
  /** Epoch milliseconds; null where only its arrival counts. */
  at: number | null;
  seq: number | null;
  position: number | null;
  battery: number | null;
  rssi: number | null;
  firmware: string | null;
  /** How things stand, and no evidence: it is published as retained. */
  snapshot: boolean;
};

export type Decision = {
  state: DeviceState;
  messages: readonly Message[];
  became: 'opened' | 'closed' | 'snapshot' | 'heartbeat' | 'nothing';
  /** Openings that a counter shows and no message told of. */
  missed: number;
  restarted: boolean;
};
