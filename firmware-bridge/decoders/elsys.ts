import { type Decoder, NOTHING_READ, Refused } from '../model.ts';
import { isLow } from './battery.ts';
import { ByteReader, contactOf, yesOrNo } from './bytes.ts';

const VOLTAGE = 0x07;
const PULSES = 0x0b;
const DIGITAL = 0x0d;

/** Bytes of each type's value. */
const LENGTHS: Readonly<Record<number, number>> = {
  1: 2,
  2: 1,
  3: 3,
  4: 2,
  5: 1,
  6: 2,
  8: 2,
  9: 6,
  10: 2,
  12: 2,
  14: 2,
  15: 1,
  16: 4,
  17: 1,
  18: 1,
  19: 65,
  20: 4,
  21: 2,
  22: 2,
  23: 4,
  24: 2,
  25: 2,
  26: 1,
  27: 4,
  28: 2,
  61: 4,
};

/**
 * Elsys EMS Door and its kin: a chain of type and value, big-endian. The reed switch is the digital input, `1 or 0` in the
 * maker's words; which is open is not said. 1 is taken for closed, as AllThingsTalk's converter for it does, and counts
 * for nothing until it has been tried (UNTOLD_POLARITY). The absolute count of pulses is an event's, not an opening's: on
 * which edge it counts is not said either. A type that the maker does not document has an unknown length: refused.
 *
 * Sources: TheThingsNetwork/lorawan-devices, vendor/elsys/elsys.js; allthingstalk/device-types, ELSYS/EMS/Door.
 */
export const elsys: Decoder = {
  fPorts: [],
  models: /(?:elsys|ems)[-_ ]?(?:ems[-_ ]?)?door/i,
  decode({ bytes }) {
    const reader = new ByteReader(bytes);
    const reading = { ...NOTHING_READ };
    do {
      const type = reader.u8();
      if (type === DIGITAL) reading.contact = contactOf(!yesOrNo(reader.u8()));
      else if (type === PULSES) reading.events = reader.be(4);
      else if (type === VOLTAGE) reading.batteryLow = isLow(reader.be(2) / 1000, 'li_socl2');
      else reader.skip(lengthOf(type));
    } while (reader.left > 0);
    return reading;
  },
};

function lengthOf(type: number): number {
  const length = LENGTHS[type];
  if (length === undefined) throw new Refused('unknown_field');
  return length;
}
