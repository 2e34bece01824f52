import { type Decoder, NOTHING_READ, type Reading, Refused } from '../model.ts';
import { ByteReader, contactOf, demandLength, percentOf, yesOrNo } from './bytes.ts';
import { portOf } from './ports.ts';

const LIVE = 1;
const LOG = 2;
const ANSWER = 11;
const PORTS = [LIVE, LOG, ANSWER] as const;

const BATTERY = 1;
const DOOR = 9;
const TAMPER_REPORT = 11;
const TAMPER_ALARM = 12;
const DOOR_COUNT = 17;
const TEMPERATURE_AND_DOOR = 82;
const CHECK_IN = 110;

/** Bytes of each other channel's value. */
const LENGTHS: Readonly<Record<number, number>> = {
  0: 0,
  2: 2,
  3: 1,
  4: 2,
  5: 1,
  6: 1,
  7: 2,
  8: 2,
  10: 1,
  13: 1,
  14: 1,
  15: 1,
  16: 1,
  18: 1,
  19: 2,
  20: 2,
  21: 1,
  22: 1,
  80: 3,
  81: 3,
  112: 2,
  113: 2,
  114: 2,
};

/**
 * Sensative Strips: a number (2 bytes), then a chain of channel and value, big-endian; bit 7 of the channel says that the
 * value is in the device's log as well. 1 is an open door unless the strip was told to invert it (its setting
 * `INVERT_DOOR`): the installation test finds that. What the count of doors counts is not documented.
 *
 * Its log (port 2) says how many seconds ago something was, by which no time can be told without the hour of receipt: it
 * is checked, and proves nothing.
 *
 * Source: Sensative/strips-lora-translator-open-source, raw-translate.js ("the reference") and strips-translate.js;
 * Sensative/strips-lora-translator-chirpstack. A remark in lorawan-devices' copy has the door the other way round.
 */
export const sensativeStrips: Decoder = {
  fPorts: PORTS,
  models: /sensative|strips[-_ ]?(?:guard|comfort|drip|lora)/i,
  decode(frame) {
    const port = portOf(frame, PORTS);
    const reader = new ByteReader(frame.bytes);
    if (port === ANSWER) {
      demandLength(frame.bytes, 2);
      return NOTHING_READ;
    }
    reader.skip(2);
    const reading = { ...NOTHING_READ };
    while (reader.left > 0) {
      if (port === LOG) reader.skip(4);
      readChannel(reader, reading);
    }
    return port === LOG ? NOTHING_READ : reading;
  },
};

function readChannel(reader: ByteReader, reading: Reading): void {
  const channel = reader.u8() & 0x7f;
  if (channel === BATTERY) reading.battery = percentOf(reader.u8());
  else if (channel === DOOR) reading.contact = contactOf(yesOrNo(reader.u8()));
  else if (channel === TEMPERATURE_AND_DOOR) {
    reading.contact = contactOf(yesOrNo(reader.u8()));
    reader.skip(2);
  } else if (channel === TAMPER_REPORT || channel === TAMPER_ALARM) reading.tamper = yesOrNo(reader.u8());
  else if (channel === DOOR_COUNT) reading.events = reader.be(2);
  else if (channel === CHECK_IN) {
    reading.firmware = reader.be(4).toString(16);
    reader.skip(4);
  } else {
    const length = LENGTHS[channel];
    if (length === undefined) throw new Refused('unknown_field');
    reader.skip(length);
  }
}
