import type { Vector } from '../vectors.ts';

/** lorawan-devices vendor/netvox/r311a-codec.yaml and r718f-codec.yaml. */
export const R311A: Vector[] = [
  {
    means: 'lorawan-devices: 3.0 V, on',
    hex: '0102011E01000000000000',
    fPort: 6,
    says: { contact: 'open', batteryLow: false },
  },
  { means: 'off', hex: '0102011E00000000000000', fPort: 6, says: { contact: 'closed', batteryLow: false } },
  {
    means: 'lorawan-devices: 2.3 V, low',
    hex: '0102019701000000000000',
    fPort: 6,
    says: { contact: 'open', batteryLow: true },
  },
  {
    means: 'lorawan-devices: its firmware',
    hex: '010200640B202004240000',
    fPort: 6,
    says: { firmware: '10.0' },
  },
  { means: 'lorawan-devices: configured', hex: '8102000000000000000000', fPort: 7, says: {} },
  { means: 'lorawan-devices: its configuration', hex: '8202038407080100000000', fPort: 7, says: {} },
];

export const R718F: Vector[] = [
  {
    means: 'lorawan-devices: 3.6 V, on',
    hex: '011D012401000000000000',
    fPort: 6,
    says: { contact: 'open', batteryLow: false },
  },
  { means: 'off', hex: '011D012400000000000000', fPort: 6, says: { contact: 'closed', batteryLow: false } },
  {
    means: 'lorawan-devices: its firmware',
    hex: '011D006402201906190000',
    fPort: 6,
    says: { firmware: '10.0' },
  },
  { means: 'lorawan-devices: configured', hex: '811D000000000000000000', fPort: 7, says: {} },
];
