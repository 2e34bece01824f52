import { type Decoder, type Frame, NOTHING_READ, type Reading, Refused } from '../model.ts';
import { ByteReader, contactOf, demandLength, yesOrNo } from './bytes.ts';
import { portOf } from './ports.ts';

const REPORT = 6;
const ANSWER = 7;
const PORTS = [REPORT, ANSWER] as const;
const VERSION = 1;

/**
 * Netvox's reed switches, 11 bytes: version, type of device, type of report, then either battery (0.1 V; bit 7 is low)
 * and on or off, or the firmware. Their documents say on and off and not which of them is open; on is taken for open, as
 * in Netvox's R313A, and counts for nothing until it has been tried (UNTOLD_POLARITY).
 *
 * Source: TheThingsNetwork/lorawan-devices, vendor/netvox/payload/r311a_r718f_r730f.js and its codecs' examples.
 */
export const netvoxReed = (deviceType: number, models: RegExp): Decoder => ({
  fPorts: PORTS,
  models,
  decode: (frame) => read(frame, deviceType),
});

function read(frame: Frame, deviceType: number): Reading {
  const port = portOf(frame, PORTS);
  demandLength(frame.bytes, 11);
  const reader = new ByteReader(frame.bytes);
  const version = reader.u8();
  if (port === REPORT && version !== VERSION) throw new Refused('wrong_version');
  if (reader.u8() !== deviceType) throw new Refused('unknown_field');
  // How it is set up says nothing of a curtain.
  if (port === ANSWER) return NOTHING_READ;
  const report = reader.u8();
  if (report === 0) return { ...NOTHING_READ, firmware: (reader.u8() / 10).toFixed(1) };
  if (report !== 1) throw new Refused('unknown_field');
  const battery = reader.u8();
  return {
    ...NOTHING_READ,
    batteryLow: (battery & 0x80) !== 0,
    contact: contactOf(yesOrNo(reader.u8())),
  };
}
