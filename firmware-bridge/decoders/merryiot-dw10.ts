import { type Decoder, NOTHING_READ } from '../model.ts';
import { isLow } from './battery.ts';
import { ByteReader, contactOf, demandLength } from './bytes.ts';
import { portOf } from './ports.ts';

const STATUS = 120;
/** How it is set up, told in answer to a downlink. */
const ANSWER = 204;
const PORTS = [STATUS, ANSWER] as const;

/** Firmware 1 tells the temperature in one byte, firmware 2 in two, by tenths; all behind it moves. */
const BYTES_OF_FIRMWARE_1 = 9;
const BYTES_OF_FIRMWARE_2 = 10;
const OPEN = 0b0001;
/** Shaken, and turned over: the maker has both against tampering. */
const TAMPERED = 0b1100;

/**
 * MerryIoT (Browan) DW10, little-endian: status (bit 0 open, 1 button, 2 shaken, 3 turned over), battery, temperature
 * (1 or 2), humidity, minutes since the last event (2), events since it started (3). What triggers an event is not said to
 * be the contact alone, so that the minutes need not be those since it changed: they are left out.
 *
 * Sources: browanofficial/Sensor-Decoder, MerryIoT/MerryIoT_forTTN_v4.0.txt; Browan DW10 reference manual.
 */
export const merryiotDw10: Decoder = {
  fPorts: PORTS,
  models: /(?<![a-z0-9])(?:dw10|wsms[-_ ]?158)(?!\d)/i,
  decode(frame) {
    if (portOf(frame, PORTS) === ANSWER) return NOTHING_READ;
    const isFirmware2 = frame.bytes.length >= BYTES_OF_FIRMWARE_2;
    demandLength(frame.bytes, isFirmware2 ? BYTES_OF_FIRMWARE_2 : BYTES_OF_FIRMWARE_1);
    const reader = new ByteReader(frame.bytes);
    const status = reader.u8();
    const volts = (21 + reader.u8()) / 10;
    reader.skip(isFirmware2 ? 5 : 4);
    return {
      ...NOTHING_READ,
      contact: contactOf((status & OPEN) !== 0),
      events: reader.le(3),
      tamper: (status & TAMPERED) !== 0,
      batteryLow: isLow(volts, 'li_socl2'),
    };
  },
};
