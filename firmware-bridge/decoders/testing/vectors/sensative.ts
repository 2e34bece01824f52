import type { Vector } from '../vectors.ts';

/** Sensative/strips-lora-translator-open-source README.txt; lorawan-devices vendor/sensative/strips-codec.yaml. */
export const STRIPS: Vector[] = [
  {
    means: 'lorawan-devices: 80 %, 23.4 °C, no flood',
    hex: 'FFFF 0150 0200EA 0300 0D00 0E00 1000',
    fPort: 1,
    says: { battery: 80 },
  },
  { means: 'the README: presence', hex: 'FFFF1201', fPort: 1, says: {} },
  { means: 'open', hex: '00120901', fPort: 1, says: { contact: 'open' } },
  { means: 'closed, and in its log', hex: '00138900', fPort: 1, says: { contact: 'closed' } },
  { means: 'open at 21.5 °C', hex: '0014520100D7', fPort: 1, says: { contact: 'open' } },
  { means: 'a door alarm, which is not the door', hex: '00140A01', fPort: 1, says: {} },
  { means: 'tampered with', hex: '00140C01', fPort: 1, says: { tamper: true } },
  {
    means: 'how often, and closed',
    hex: '0015 110102 0900',
    fPort: 1,
    says: { events: 258, contact: 'closed' },
  },
  { means: 'checked in', hex: '0001 6E 0A0B0C0D 00000001', fPort: 1, says: { firmware: 'a0b0c0d' } },
  { means: 'nothing', hex: '000100', fPort: 1, says: {} },
  {
    means: 'its log, in seconds ago: no time can be told',
    hex: '0005 00000E10 0901 00000708 0900',
    fPort: 2,
    says: {},
  },
  { means: 'a downlink that was taken', hex: '0300', fPort: 11, says: {} },
];
