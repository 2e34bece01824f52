import type { Vector } from '../vectors.ts';

/** Milesight-IoT/SensorDecoders README of each device; the guides of WS301 and EM300 (5.1, 5.2). */
export const WS301: Vector[] = [
  {
    means: 'the README: all well and open',
    hex: '017564 030001 040001',
    fPort: 85,
    says: { battery: 100, contact: 'open', tamper: true },
  },
  { means: 'lorawan-devices: open', hex: '030001', fPort: 85, says: { contact: 'open' } },
  { means: 'lorawan-devices: taken off the wall', hex: '040001', fPort: 85, says: { tamper: true } },
  {
    means: 'the guide: closed and taken off',
    hex: '017564 030000 040001',
    fPort: 85,
    says: { battery: 100, contact: 'closed', tamper: true },
  },
  {
    means: 'the guide: what it tells when it joins',
    hex: 'ff0bff ff0101 ff086538b2232131 ff090100 ff0a0102 ff0f00',
    fPort: 85,
    says: { firmware: '1.2' },
  },
  { means: 'the guide: an answer to the reporting interval', hex: 'fe03b004', fPort: 85, says: {} },
];

export const EM300_MCS: Vector[] = [
  {
    means: 'the README: 92 %, 30.8 °C, 50.5 %, open',
    hex: '01755C 03673401 046865 060001',
    fPort: 85,
    says: { battery: 92, contact: 'open' },
  },
  {
    means: 'the README: a record of its history',
    hex: '20CE9E74466310015D01',
    fPort: 85,
    says: { history: [{ at: 1_665_561_758_000, contact: 'open' }] },
  },
  {
    means: 'two records and how it stands now',
    hex: '20CE9E74466310015D01 20CEF676466310015D00 060000',
    fPort: 85,
    says: {
      contact: 'closed',
      history: [
        { at: 1_665_561_758_000, contact: 'open' },
        { at: 1_665_562_358_000, contact: 'closed' },
      ],
    },
  },
  {
    means: 'the guide: what it tells when it joins',
    hex: 'ff090100 ff0a0102 ff0f00',
    fPort: 85,
    says: { firmware: '1.2' },
  },
  {
    means: 'answers about alarm, retransmission, calibration',
    hex: 'fe0612000000000a000300 ff6a00b004 feea800a00',
    fPort: 85,
    says: {},
  },
];
