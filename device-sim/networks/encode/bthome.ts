import { u16le, u24le } from './frame.ts';

export type BthomeSays = {
  /** Rises with each advertisement and turns over after 255; it is how a gateway knows a repetition. */
  packetId: number;
  battery: number;
  lux?: number;
  window?: boolean;
  /** Degrees. */
  rotation?: number;
};

/** Version 2, not encrypted. A device that only speaks when something happens says so in bit 2. */
const INFO = { version: 0x40, onlyOnTrigger: 0x04 };

/** The service data of a Shelly BLU Door/Window by bthome.io/format: objects in the order of their ids. */
export function encodeBthome(says: BthomeSays, { onlyOnTrigger = false } = {}): Buffer {
  const { packetId, battery, lux = 0, window, rotation = 0 } = says;
  return Buffer.from([
    INFO.version | (onlyOnTrigger ? INFO.onlyOnTrigger : 0),
    ...[0x00, packetId & 0xff],
    ...[0x01, battery],
    ...[0x05, ...u24le(Math.round(lux * 100))],
    ...(window === undefined ? [] : [0x2d, window ? 1 : 0]),
    ...[0x3f, ...u16le(Math.round(rotation * 10))],
  ]);
}
