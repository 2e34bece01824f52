/** What a device hands to its radio: a port, and bytes. */
export type DeviceFrame = { fPort: number; bytes: Buffer };

/** A frame of these bytes; each number is one byte. */
export const frame = (fPort: number, ...bytes: readonly number[]): DeviceFrame => ({
  fPort,
  bytes: Buffer.from(bytes),
});

/** Two bytes, the lower first; two's complement where negative. */
export const u16le = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff];

/** Three bytes, the lowest first. */
export const u24le = (value: number): number[] => [...u16le(value), (value >> 16) & 0xff];

/** Four bytes, the lowest first. */
export const u32le = (value: number): number[] => [...u16le(value), ...u16le(value >>> 16)];

/** Bytes in the order in which networks write numbers. */
export const bigEndian = (littleEndian: readonly number[]): number[] => littleEndian.toReversed();

/** Cut off on its way, as some gateways' buffers do. */
export const truncated = ({ fPort, bytes }: DeviceFrame, kept: number): DeviceFrame => ({
  fPort,
  bytes: bytes.subarray(0, kept),
});
