import { type Decoder, NOTHING_READ, type Reading, Refused } from '../model.ts';
import { ByteReader, contactOf, percentOf, yesOrNo } from './bytes.ts';
import { deviceTimeOf } from './device-clock.ts';

const ENCRYPTED = 0b1;
const WITH_MAC = 0b10;
const VERSION = 2;

const BATTERY = 0x01;
const BATTERY_LOW = 0x15;
const TAMPER = 0x2b;
const TIME = 0x50;
const TEXT = 0x53;
const RAW = 0x54;
const FIRMWARE_OF_4 = 0xf1;
const FIRMWARE_OF_3 = 0xf2;
/** Opening, door, window: 1 is open. A garage door is none of ours. */
const CONTACTS = new Set([0x11, 0x1a, 0x2d]);

/** Bytes of the values that are not one byte. */
const LENGTHS: Readonly<Record<number, number>> = {
  ...lengths(2, [0x02, 0x03, 0x06, 0x07, 0x08, 0x0c, 0x0d, 0x0e, 0x12, 0x13, 0x14, 0x3c, 0x3d, 0x3f]),
  ...lengths(2, [0x40, 0x41, 0x43, 0x44, 0x45, 0x47, 0x48, 0x49, 0x4a, 0x51, 0x52, 0x56, 0x5a, 0x5d]),
  ...lengths(2, [0x5e, 0x5f, 0x61, 0xf0]),
  ...lengths(3, [0x04, 0x05, 0x0a, 0x0b, 0x42, 0x4b]),
  ...lengths(4, [0x3e, 0x4c, 0x4d, 0x4e, 0x4f, 0x50, 0x55, 0x5b, 0x5c, 0x62, 0x63]),
};
/** Everything from the packet's number to binary sensors and percentages, and a few behind them. */
const OF_ONE_BYTE = (id: number): boolean =>
  id <= 0x2f || [0x3a, 0x46, 0x57, 0x58, 0x59, 0x60, 0x64].includes(id);

/**
 * BTHome v2: the service data of a BLE advertisement without its UUID. The first byte says whether it is encrypted (such
 * are refused: keys are the gateway's), whether the sender's address follows, and the version; then objects of id and
 * value, little-endian, by rising id. An id that is not known ends the reading, as the format has it: newer ids are
 * higher, and what came before stands. Two contacts that say different things say nothing.
 *
 * The packet's number is not read: it tells repeated packets apart, counts packets of every kind and begins anew after
 * 255, which cannot be told from a restart.
 *
 * Sources: bthome.io/format; Bluetooth-Devices/bthome-ble, const.py and parser.py.
 */
export const bthomeV2: Decoder = {
  fPorts: [],
  models: /bthome|sbdw[-_ ]?002c|shelly ?blu ?door/i,
  decode({ bytes }) {
    const reader = new ByteReader(bytes);
    const info = reader.u8();
    if (info >> 5 !== VERSION) throw new Refused('wrong_version');
    if (info & ENCRYPTED) throw new Refused('encrypted');
    if (info & WITH_MAC) reader.skip(6);
    const reading = { ...NOTHING_READ };
    const contacts = new Set<'open' | 'closed'>();
    let last = -1;
    do {
      const id = reader.u8();
      if (!isKnown(id)) {
        if (id < last || last === -1) throw new Refused('unknown_field');
        break;
      }
      if (CONTACTS.has(id)) contacts.add(contactOf(yesOrNo(reader.u8())));
      else readObject(id, reader, reading);
      last = id;
    } while (reader.left > 0);
    const [contact = null, another] = contacts;
    return { ...reading, contact: another ? null : contact };
  },
};

function readObject(id: number, reader: ByteReader, reading: Reading): void {
  if (id === BATTERY) reading.battery = percentOf(reader.u8());
  else if (id === BATTERY_LOW) reading.batteryLow = yesOrNo(reader.u8());
  else if (id === TAMPER) reading.tamper = yesOrNo(reader.u8());
  else if (id === TIME) reading.deviceAt = deviceTimeOf(reader.le(4));
  else if (id === TEXT || id === RAW) reader.skip(reader.u8());
  else if (id === FIRMWARE_OF_4 || id === FIRMWARE_OF_3)
    reading.firmware = versionOf(reader, id === FIRMWARE_OF_4 ? 4 : 3);
  else reader.skip(LENGTHS[id] ?? 1);
}

const isKnown = (id: number): boolean =>
  OF_ONE_BYTE(id) || LENGTHS[id] !== undefined || [TEXT, RAW, FIRMWARE_OF_4, FIRMWARE_OF_3].includes(id);

/** Its last byte is the major version. */
const versionOf = (reader: ByteReader, length: number): string =>
  Array.from({ length }, () => reader.u8())
    .reverse()
    .join('.');

function lengths(length: number, ids: readonly number[]): Record<number, number> {
  return Object.fromEntries(ids.map((id) => [id, length]));
}
