import type { Vector } from '../vectors.ts';

/** By the tables of Dragino's decoders; LDS01 and LDS02 share their firmware. */
export const LDS0X: Vector[] = [
  {
    means: 'open, 293 openings',
    hex: '8B8801000125000003 00',
    fPort: 10,
    says: { contact: 'open', openings: 293, batteryLow: false },
  },
  {
    means: 'closed',
    hex: '0B8801000126000001 00',
    fPort: 10,
    says: { contact: 'closed', openings: 294, batteryLow: false },
  },
  {
    means: 'open for too long, which is no tampering',
    hex: '8B8801000126000001 01',
    fPort: 10,
    says: { contact: 'open', openings: 294, batteryLow: false },
  },
  {
    means: 'an empty battery',
    hex: '082601000126000001 00',
    fPort: 10,
    says: { contact: 'closed', openings: 294, batteryLow: true },
  },
  {
    means: 'a water leak, which is no door',
    hex: 'CB8802000005000003 00',
    fPort: 10,
    says: { batteryLow: false },
  },
  {
    means: 'door and leak, which counts nothing',
    hex: '8B8803000000000000 00',
    fPort: 10,
    says: { contact: 'open', batteryLow: false },
  },
  {
    means: 'how many openings it counted, which is not that it is open',
    hex: '8B88000007',
    fPort: 7,
    says: { openings: 7, batteryLow: false },
  },
  {
    means: 'how many closings it counted',
    hex: '0B88000007',
    fPort: 7,
    says: { events: 7, batteryLow: false },
  },
];

export const LDS03A: Vector[] = [
  {
    means: 'open now, by its clock',
    hex: '01 00012F 000004 67405060',
    fPort: 2,
    says: { contact: 'open', openings: 303, deviceAt: 1_732_268_128_000 },
  },
  {
    means: 'closed, sent by the clock',
    hex: '04 00012F 000004 67405060',
    fPort: 2,
    says: { contact: 'closed', openings: 303, deviceAt: 1_732_268_128_000 },
  },
  {
    means: 'two doors of firmware 1.2, of which the first counts',
    hex: '00 00012F 000004 67405060 01 000007 000001',
    fPort: 2,
    says: { contact: 'closed', openings: 303, deviceAt: 1_732_268_128_000 },
  },
  {
    means: 'its log, the alarm first',
    hex: '03 000130 00000A 67405160 01 00012F 000004 67405060 00 00012F 000005 67405100',
    fPort: 3,
    says: {
      history: [
        { at: 1_732_268_384_000, contact: 'open' },
        { at: 1_732_268_128_000, contact: 'open' },
        { at: 1_732_268_288_000, contact: 'closed' },
      ],
    },
  },
  { means: 'lorawan-devices: its settings', hex: '31618E5740618E', fPort: 4, says: {} },
  { means: 'the settings of firmware 1.2', hex: '001C20 00 00 0000 00 0000 00', fPort: 4, says: {} },
  {
    means: 'its firmware and battery',
    hex: '0A 0122 01 FF 0E10',
    fPort: 5,
    says: { firmware: '1.2.2', batteryLow: false },
  },
];
