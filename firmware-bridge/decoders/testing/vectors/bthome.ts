import type { Vector } from '../vectors.ts';

/** SENSORS.md's frame of Shelly's; bthome.io/format; Bluetooth-Devices/bthome-ble tests/test_parser_v2.py. */
export const BTHOME: Vector[] = [
  {
    means: 'Shelly BLU Door/Window: 100 %, window open',
    hex: '40 004E 0164 05000000 2D01 3F0000',
    fPort: null,
    says: { battery: 100, contact: 'open' },
  },
  {
    means: 'the same by a device that only sends when something happens',
    hex: '44 004F 0164 05000000 2D00 3F0000',
    fPort: null,
    says: { battery: 100, contact: 'closed' },
  },
  { means: 'bthome-ble: pressure alone', hex: '40 04138A01', fPort: null, says: {} },
  {
    means: 'bthome-ble: a battery, a temperature and a light',
    hex: '40 002E 0164 1E01 2E34 451601',
    fPort: null,
    says: { battery: 100 },
  },
  { means: 'bthome.io: temperature and humidity', hex: '40 02C409 03BF13', fPort: null, says: {} },
  { means: 'bthome.io: an opening', hex: '40 1101', fPort: null, says: { contact: 'open' } },
  { means: 'bthome.io: a door', hex: '40 1A00', fPort: null, says: { contact: 'closed' } },
  {
    means: 'a low battery, tampering, the time',
    hex: '40 1501 2B01 505D396164',
    fPort: null,
    says: { batteryLow: true, tamper: true, deviceAt: 1_684_093_277_000 },
  },
  {
    means: 'text, raw bytes and two firmwares',
    hex: '40 530C48656C6C6F20576F726C6421 540101 F100010204',
    fPort: null,
    says: { firmware: '4.2.1.0' },
  },
  {
    means: 'a firmware of three bytes',
    hex: '40 2D01 F2000106',
    fPort: null,
    says: { contact: 'open', firmware: '6.1.0' },
  },
  {
    means: 'with the address of the sender',
    hex: '42 A5808FE64854 2D01',
    fPort: null,
    says: { contact: 'open' },
  },
  {
    means: 'an object newer than us at its end',
    hex: '40 2D01 7F0102',
    fPort: null,
    says: { contact: 'open' },
  },
];
