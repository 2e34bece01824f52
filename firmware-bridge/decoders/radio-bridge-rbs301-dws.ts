import { type Decoder, NOTHING_READ, type Reading, Refused } from '../model.ts';
import { ByteReader, contactOf, demandLength, yesOrNo } from './bytes.ts';

const VERSION = 1;
const RESET = 0x00;
const SUPERVISORY = 0x01;
const TAMPER = 0x02;
const DOOR = 0x03;
/** Of the device, its link, its rate, its making, and answers to downlinks: none speaks of a curtain. */
const SILENT = new Set([0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff]);

/**
 * Radio Bridge (MultiTech) RBS301-DWS: version and counter of messages in one byte, the type of message, its payload.
 *
 * The counter is of four bits and counts messages of every type: whether it wrapped or restarted cannot be told, so it
 * is no counter of ours. The count in a supervisory message is of the events since the last such message and begins anew
 * with each; the state in it is deprecated by the maker. Neither is read.
 *
 * Sources: support.radiobridge.com "How do I decode a Door/Window Sensor event"; MultiTech RBS301 user guide, common
 * messages; TheThingsNetwork/lorawan-devices, vendor/radio-bridge/radio_bridge_packet_decoder.js (1.1);
 * RadioBridge/Packet-Decoder 1.0.3. That last one has the tamper switch and the low battery the other way than the guide
 * and the decoder 1.1: the guide is followed.
 */
export const radioBridgeRbs301Dws: Decoder = {
  fPorts: [],
  models: /rbs301[-_ ]?dws/i,
  decode({ bytes }) {
    const reader = new ByteReader(bytes);
    if (reader.u8() >> 4 !== VERSION) throw new Refused('wrong_version');
    const message = reader.u8();
    if (message === DOOR || message === TAMPER) demandLength(bytes, 3);
    if (message === DOOR) return { ...NOTHING_READ, contact: contactOf(yesOrNo(reader.u8())) };
    // 0 is an opened tamper switch: the enclosure, or off the wall.
    if (message === TAMPER) return { ...NOTHING_READ, tamper: !yesOrNo(reader.u8()) };
    if (message === SUPERVISORY) return supervisory(reader);
    if (message === RESET) return reset(reader);
    if (SILENT.has(message)) return NOTHING_READ;
    throw new Refused('unknown_field');
  },
};

/** Errors, state, battery and more; low is under 2.8 V by the maker's guide. */
function supervisory(reader: ByteReader): Reading {
  const errors = reader.u8();
  reader.skip(2);
  return { ...NOTHING_READ, tamper: (errors & 0b1000) !== 0, batteryLow: (errors & 0b10) !== 0 };
}

/** Type of device (1 is a door sensor), hardware, firmware in one of two forms. */
function reset(reader: ByteReader): Reading {
  if (reader.u8() !== 1) throw new Refused('unknown_field');
  reader.skip(1);
  const version = reader.be(2);
  const firmware =
    version & 0x8000
      ? `${(version >> 10) & 0x1f}.${(version >> 5) & 0x1f}.${version & 0x1f}`
      : `${version >> 8}.${version & 0xff}`;
  return { ...NOTHING_READ, firmware };
}
