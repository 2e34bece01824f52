import { type Frame, NOTHING_READ, type Reading } from '../model.ts';
import { type Cell, isLow } from './battery.ts';
import { ByteReader, contactOf, demandLength } from './bytes.ts';
import { portOf } from './ports.ts';

export const LDS0X_PORTS = [10, 7] as const;

const DOOR = 1;
const DOOR_AND_LEAK = 3;

/**
 * Dragino LDS01 and LDS02 share their firmware and its frames, big-endian. The first two bytes are the battery in
 * millivolts (14 bits) under the state of the door (bit 15, 1 is open) and of a leak. The counter counts openings; the
 * duration is the last opening's and not the time since; the alarm says that it has been open for too long, not that
 * somebody tampered.
 *
 * On port 7 (firmware 1.8.2 counts instead of telling each event) bit 15 says what is counted and nothing of the door.
 *
 * Source: dragino/dragino-end-node-decoder, LDS02/LDS02_Decoder_1.8.2.txt and lds01_02_Decoder_ttn_v1.5.txt.
 *
 * @throws Refused
 */
export function readLds0x(frame: Frame, cell: Cell): Reading {
  const port = portOf(frame, LDS0X_PORTS);
  demandLength(frame.bytes, port === 10 ? 10 : 5);
  const reader = new ByteReader(frame.bytes);
  const status = reader.be(2);
  const topBit = (status & 0x8000) !== 0;
  const reading = { ...NOTHING_READ, batteryLow: isLow((status & 0x3fff) / 1000, cell) };
  if (port === 7) {
    const count = reader.be(3);
    return topBit ? { ...reading, openings: count } : { ...reading, events: count };
  }
  const mode = reader.u8();
  if (mode === DOOR) return { ...reading, contact: contactOf(topBit), openings: reader.be(3) };
  return mode === DOOR_AND_LEAK ? { ...reading, contact: contactOf(topBit) } : reading;
}
