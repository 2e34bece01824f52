import { expect, test } from 'vitest';
import { encodeTbdw100 } from './browan.ts';
import { encodeBthome } from './bthome.ts';
import { encodeLds02, encodeLds03a, encodeLds03aLog } from './dragino.ts';
import { truncated } from './frame.ts';
import { encodeDw10 } from './merryiot.ts';
import { encodeEm300Mcs, encodeEm300McsHistory, encodeWs301 } from './milesight.ts';
import { encodeR311a } from './netvox.ts';

const at = Date.UTC(2022, 9, 12, 8, 2, 38);
const hex = (bytes: Buffer) => bytes.toString('hex').toUpperCase();
/** A vector of the makers' documents, or one that their layout gives. */
const VECTORS: readonly [what: string, { bytes: Buffer; fPort: number }, port: number, bytes: string][] = [
  ['WS301, open', encodeWs301({ isOpen: true }), 85, '030001'],
  [
    'WS301, all it knows',
    encodeWs301({ battery: 100, isOpen: false, isRemoved: true }),
    85,
    '017564030000040001',
  ],
  [
    'EM300-MCS, 92 %, 30.8 °C, 50.5 %, open',
    encodeEm300Mcs({ battery: 92, climate: { celsius: 30.8, humidity: 50.5 }, isOpen: true }),
    85,
    '01755C03673401046865060001',
  ],
  [
    'EM300-MCS, frost',
    encodeEm300Mcs({ climate: { celsius: -1.5, humidity: 100 }, isOpen: false }),
    85,
    '0367F1FF0468C8060000',
  ],
  [
    'EM300-MCS, history',
    encodeEm300McsHistory([{ at, celsius: 27.2, humidity: 46.5, isOpen: true }]),
    85,
    '20CE9E74466310015D01',
  ],
  [
    'LDS02, open',
    encodeLds02({ volts: 3.042, isOpen: true, openings: 8, lastOpenMinutes: 1 }),
    10,
    '8BE20100000800000100',
  ],
  [
    'LDS02, closed, alarm',
    encodeLds02({ volts: 3, isOpen: false, openings: 70_000, lastOpenMinutes: 300, isAlarm: true }),
    10,
    '0BB80101117000012C01',
  ],
  [
    'LDS03A, open, periodic',
    encodeLds03a({ isOpen: true, isPeriodic: true, openings: 24, lastOpenMinutes: 3, at }),
    2,
    '050000180000036346749E',
  ],
  [
    'LDS03A, log',
    encodeLds03aLog([
      { isOpen: true, openings: 1, lastOpenMinutes: 0, at },
      { isOpen: false, isAlarm: true, openings: 1, lastOpenMinutes: 2, at: at + 60_000 },
    ]),
    3,
    '010000010000006346749E02000001000002634674DA',
  ],
  [
    'TBDW100, closed, 3.6 V, 21 °C, 14986',
    encodeTbdw100({ isOpen: false, volts: 3.6, celsius: 21, minutesSince: 0, events: 14_986 }),
    100,
    '00CB3500008A3A00',
  ],
  [
    'DW10, open, frost',
    encodeDw10({ isOpen: true, volts: 3, celsius: -2, humidity: 71, minutesSince: 258, events: 14_986 }),
    120,
    '0109FE4702018A3A00',
  ],
  [
    'DW10, tampered and tilted',
    encodeDw10({
      ...{ isOpen: false, isTampered: true, isTilted: true, volts: 3.6 },
      ...{ celsius: 21, humidity: 40, minutesSince: 0, events: 1 },
    }),
    120,
    '0C0F15280000010000',
  ],
  ['R311A, 3.0 V, on', encodeR311a({ isOn: true, volts: 3 }), 6, '0102011E01000000000000'],
  ['R311A, low, off', encodeR311a({ isOn: false, volts: 2.4, isLow: true }), 6, '0102019800000000000000'],
  [
    'cut off',
    truncated(encodeLds02({ volts: 3, isOpen: true, openings: 1, lastOpenMinutes: 0 }), 4),
    10,
    '8BB80100',
  ],
];

test.each(VECTORS)('%s', (_what, frame, port, bytes) => {
  expect({ fPort: frame.fPort, bytes: hex(frame.bytes) }).toEqual({ fPort: port, bytes });
});

test('BLU Door/Window: 100 %, window open', () => {
  const says = { packetId: 0x4e, battery: 100, window: true };
  expect(hex(encodeBthome(says))).toBe('40004E0164050000002D013F0000');
  expect(hex(encodeBthome({ ...says, lux: 13_460.67, rotation: -3.5 }, { onlyOnTrigger: true }))).toBe(
    '44004E016405138A142D013FDDFF',
  );
});
