import type { Vector } from '../vectors.ts';

/** lorawan-devices vendor/browan/tbdw100-codec.yaml; the rest by the manual's table (4.1.2). */
export const TBDW100: Vector[] = [
  {
    means: 'lorawan-devices: closed, 3.6 V, 21 °C, 0 min, 14986 events',
    hex: '00CB3500008A3A00',
    fPort: 100,
    says: { contact: 'closed', events: 14_986, minutesSince: 0, batteryLow: false },
  },
  {
    means: 'open for 260 minutes',
    hex: '01CB3504018B3A00',
    fPort: 100,
    says: { contact: 'open', events: 14_987, minutesSince: 260, batteryLow: false },
  },
  {
    means: 'bits that are reserved',
    hex: 'FEFBB50000010000',
    fPort: 100,
    says: { contact: 'closed', events: 1, minutesSince: 0, batteryLow: false },
  },
  {
    means: 'an empty battery',
    hex: '01C53505000200 00',
    fPort: 100,
    says: { contact: 'open', events: 2, minutesSince: 5, batteryLow: true },
  },
  { means: 'how it is set up', hex: '00100E8000', fPort: 204, says: {} },
  { means: 'what it is made of', hex: '0000000001000000020000000300000004', fPort: 222, says: {} },
];

/** By the maker's decoder, which knows both layouts. */
export const DW10: Vector[] = [
  {
    means: 'open',
    hex: '010F15300000050000',
    fPort: 120,
    says: { contact: 'open', events: 5, tamper: false, batteryLow: false },
  },
  {
    means: 'closed, its button pressed',
    hex: '020F15300100060000',
    fPort: 120,
    says: { contact: 'closed', events: 6, tamper: false, batteryLow: false },
  },
  {
    means: 'shaken',
    hex: '040F15300100070000',
    fPort: 120,
    says: { contact: 'closed', events: 7, tamper: true, batteryLow: false },
  },
  {
    means: 'turned over while open, at −5 °C',
    hex: '090FFB300100070001',
    fPort: 120,
    says: { contact: 'open', events: 65_543, tamper: true, batteryLow: false },
  },
  {
    means: 'an empty battery',
    hex: '000915300100070000',
    fPort: 120,
    says: { contact: 'closed', events: 7, tamper: false, batteryLow: true },
  },
  {
    means: 'firmware 2: open at 21.4 °C',
    hex: '010FD600300000050000',
    fPort: 120,
    says: { contact: 'open', events: 5, tamper: false, batteryLow: false },
  },
  {
    means: 'firmware 2: closed at −5.1 °C',
    hex: '000FCDFF300100060100',
    fPort: 120,
    says: { contact: 'closed', events: 262, tamper: false, batteryLow: false },
  },
  { means: 'how it is set up', hex: '00580201130201', fPort: 204, says: {} },
];
