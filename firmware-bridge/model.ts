import type { Refusal } from '#contracts/bridge/formats.ts';

/** One message as a source handed it over, before anybody has read it. */
export type Arrival = {
  /** The MQTT topic; empty for an HTTP push. */
  topic: string;
  payload: Uint8Array;
  /** Kept by a broker and replayed: it says how things stand and proves nothing. */
  retained: boolean;
  /** Epoch milliseconds by our clock. */
  receivedAt: number;
  /** Where the device itself connects to us: since when. Epoch milliseconds. */
  connectedAt?: number;
};

/**
 * What a device said of itself in one message. Null is what it did not say; nothing is guessed. `contact` is in the
 * sense of the format's document; where that does not say which value is open, in the likelier one.
 */
export type Reading = {
  contact: 'open' | 'closed' | null;
  /** Percent, 100 is fully open. */
  position: number | null;
  /** The position is on its way and not the last word. */
  moving: boolean | null;
  /** Who moved it, where the format can tell. */
  movedBy: 'person' | 'motor' | null;
  /** How often it has been opened since the device started; only where the document counts openings and nothing else. */
  openings: number | null;
  /** Any other counter of the device's that rises with each event and falls when it restarts. */
  events: number | null;
  /** Minutes since the contact last changed, as the device counts them. */
  minutesSince: number | null;
  tamper: boolean | null;
  /** Percent. */
  battery: number | null;
  batteryLow: boolean | null;
  /** Epoch milliseconds by the device's own clock. */
  deviceAt: number | null;
  firmware: string | null;
  /** What it had buffered, with its own times; any order. */
  history: readonly { at: number; contact: 'open' | 'closed' }[];
};

/** A reading that says nothing; decoders fill in what they find. */
export const NOTHING_READ: Reading = {
  contact: null,
  position: null,
  moving: null,
  movedBy: null,
  openings: null,
  events: null,
  minutesSince: null,
  tamper: null,
  battery: null,
  batteryLow: null,
  deviceAt: null,
  firmware: null,
  history: [],
};

/** Bytes of a device that a decoder is to read. */
export type Frame = {
  bytes: Uint8Array;
  /** LoRaWAN's port; null where the transport has none. */
  fPort: number | null;
};

/** What a message says about one device. */
export type Uplink = {
  /**
   * What the source calls the device, always in the same spelling: DevEUI in capitals, a MAC without colons in capitals,
   * a name. A part of a device, or what is reached through it, has the device's address, a `:` and its own.
   */
  address: string;
  /** What people call it there. */
  name: string | null;
  /** A model or profile by name, for the best guess. */
  model: string | null;
  /** Two messages with the same key are one, whichever gateway brought them. */
  onceKey: string | null;
  /** The frame counter of the network; null where it has none. */
  frameCounter: number | null;
  /** Epoch milliseconds by the network's clock. */
  networkAt: number | null;
  /** dBm, of the best gateway. */
  rssi: number | null;
} & (
  | { says: 'frame'; frame: Frame }
  | { says: 'reading'; reading: Reading }
  /** The network's word on whether the device can be reached, and with it all whose address goes on after this one and a `:`. */
  | { says: 'presence'; online: boolean }
);

/** What a message of a source comes to. */
export type Said = {
  uplinks: readonly Uplink[];
  /** The gateway itself came up or went away: what its devices say next may be old. */
  gateway: 'online' | 'offline' | null;
  /** Parts of the message that were not taken while the others were. */
  refusals: readonly Refusal[];
};

/** Why bytes or JSON were not taken: the only thing that formats and decoders throw. */
export class Refused extends Error {
  readonly reason: Refusal;

  constructor(reason: Refusal) {
    super(reason);
    this.reason = reason;
  }
}

/** Reads the messages of one kind of source. Pure. */
export type SourceReader = {
  /** @throws Refused; a message that is none of its business comes to nothing instead */
  read(arrival: Arrival): Said;
  /** How long a contact must rest before it counts, where the operator says nothing. Milliseconds. */
  debounceMs: number;
};

/** Reads the frames of one kind of device. Pure. */
export type Decoder = {
  /** Ports on which it speaks; empty where any will do. */
  fPorts: readonly number[];
  /** @throws Refused */
  decode(frame: Frame): Reading;
  /** Model or profile names that are surely this device. */
  models: RegExp;
};
