import type { Vector } from '../vectors.ts';

/** support.radiobridge.com, MultiTech's guide of RBS301 (common messages), RadioBridge/Packet-Decoder tests. */
export const RBS301_DWS: Vector[] = [
  { means: "the maker's tests: open", hex: '160301', fPort: 2, says: { contact: 'open' } },
  { means: "the maker's tests: closed", hex: '170300', fPort: 2, says: { contact: 'closed' } },
  {
    means: "the maker's tests: 2.6 V and low, with a state that is not read",
    hex: '1901030126000000000000',
    fPort: 2,
    says: { tamper: false, batteryLow: true },
  },
  {
    means: "the maker's tests: a downlink with its bytes",
    hex: '16ff0311019e0000000000',
    fPort: 2,
    says: {},
  },
  { means: "the maker's tests: of the device", hex: '13fa11fc00010100000000', fPort: 2, says: {} },
  { means: 'the support page: opened', hex: '100301', fPort: 2, says: { contact: 'open' } },
  { means: 'closed, the fifteenth message', hex: '1F0300', fPort: 2, says: { contact: 'closed' } },
  { means: 'its tamper switch opened', hex: '110200', fPort: 2, says: { tamper: true } },
  { means: 'its tamper switch closed', hex: '110201', fPort: 2, says: { tamper: false } },
  {
    means: 'all well, 2.9 V, whatever state it names',
    hex: '12 01 00 01 29 00000000 0005',
    fPort: 2,
    says: { tamper: false, batteryLow: false },
  },
  {
    means: 'tampered with and its battery low',
    hex: '12 01 0A 00 27 00000000 0000',
    fPort: 2,
    says: { tamper: true, batteryLow: true },
  },
  {
    means: 'the guide: restarted, firmware 2.1.3',
    hex: '10 00 01 14 8823 0000',
    fPort: 2,
    says: { firmware: '2.1.3' },
  },
  {
    means: 'restarted, a firmware of the old form',
    hex: '10 00 01 14 0203 0000',
    fPort: 2,
    says: { firmware: '2.3' },
  },
  { means: 'the support page: a downlink that was taken', hex: '10FF02', fPort: 2, says: {} },
  { means: 'the quality of its link', hex: '15FB00C908', fPort: 2, says: {} },
];
