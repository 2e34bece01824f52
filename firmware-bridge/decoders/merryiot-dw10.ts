import { type Decoder, NOTHING_READ } from '../model.ts';
import { isLow } from './battery.ts';
import { ByteReader, contactOf, demandLength } from './bytes.ts';
import { portOf } from './ports.ts';

const PORTS = [120] as const;
const OPEN = 0b0001;
/** Shaken, and turned over: the maker has both against tampering. */
const TAMPERED = 0b1100;

/**
 * MerryIoT (Browan) DW10, 9 bytes, little-endian: status (bit 0 open, 1 button, 2 shaken, 3 turned over), battery,
 * temperature, humidity, minutes since the last event (2), events since it started (3). Its button, shaking and turning
 * over are events too, so that the minutes need not be those since the contact changed: they are left out.
 *
 * Sources: Browan DW10 reference manual (BQW_02_0034), 4.1.2; arendst/Tasmota, lorawan/decoders/vendors/merryiot/DW10.be.
 */
export const merryiotDw10: Decoder = {
  fPorts: PORTS,
  models: /(?<![a-z0-9])dw10(?!\d)/i,
  decode(frame) {
    portOf(frame, PORTS);
    demandLength(frame.bytes, 9);
    const reader = new ByteReader(frame.bytes);
    const status = reader.u8();
    const volts = (21 + (reader.u8() & 0x0f)) / 10;
    reader.skip(4);
    return {
      ...NOTHING_READ,
      contact: contactOf((status & OPEN) !== 0),
      events: reader.le(3),
      tamper: (status & TAMPERED) !== 0,
      batteryLow: isLow(volts, 'li_socl2'),
    };
  },
};
