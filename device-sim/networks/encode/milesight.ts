import { type DeviceFrame, frame, u16le, u32le } from './frame.ts';

/** Milesight's devices chain channel, type, value; each says only what it has to say. Its user guides, § "Device Payload". */
const PORT = 85;

export type Ws301Says = { battery?: number; isOpen?: boolean; isRemoved?: boolean };

/** WS301, a magnet contact. Battery in percent. */
export function encodeWs301({ battery, isOpen, isRemoved }: Ws301Says): DeviceFrame {
  return frame(
    PORT,
    ...(battery === undefined ? [] : [0x01, 0x75, battery]),
    ...(isOpen === undefined ? [] : [0x03, 0x00, isOpen ? 1 : 0]),
    ...(isRemoved === undefined ? [] : [0x04, 0x00, isRemoved ? 1 : 0]),
  );
}

export type Climate = { celsius: number; humidity: number };
/** `at` in epoch milliseconds; the device counts seconds. */
export type StoredReading = Climate & { at: number; isOpen: boolean };
export type Em300McsSays = { battery?: number; climate?: Climate; isOpen?: boolean };

/** EM300-MCS, a magnet contact with a thermometer. Battery and humidity in percent. */
export function encodeEm300Mcs({ battery, climate, isOpen }: Em300McsSays): DeviceFrame {
  return frame(
    PORT,
    ...(battery === undefined ? [] : [0x01, 0x75, battery]),
    ...(climate ? [0x03, 0x67, ...tenths(climate), 0x04, 0x68, halves(climate)] : []),
    ...(isOpen === undefined ? [] : [0x06, 0x00, isOpen ? 1 : 0]),
  );
}

/** What it kept while no gateway heard it (its data retransmission), each reading with its own time. */
export const encodeEm300McsHistory = (stored: readonly StoredReading[]): DeviceFrame =>
  frame(
    PORT,
    ...stored.flatMap((reading) => [
      ...[0x20, 0xce],
      ...u32le(Math.floor(reading.at / 1_000)),
      ...tenths(reading),
      halves(reading),
      reading.isOpen ? 1 : 0,
    ]),
  );

const tenths = ({ celsius }: Climate) => u16le(Math.round(celsius * 10));
const halves = ({ humidity }: Climate) => Math.round(humidity * 2);
