import { expect, it } from 'vitest';
import { LDS0X, LDS03A } from './testing/vectors/dragino.ts';
import { frameOf, outcomeOf, testVectors } from './testing/vectors.ts';

for (const format of ['dragino_lds01', 'dragino_lds02'] as const) {
  testVectors(format, LDS0X, [
    {
      means: 'lorawan-devices: a truncated frame of 7 bytes',
      hex: '0B880100250001',
      fPort: 10,
      refused: 'too_short',
    },
    { means: 'a longer frame', hex: '8B880100012500000300 00', fPort: 10, refused: 'too_long' },
    { means: 'a truncated count', hex: '8B880000', fPort: 7, refused: 'too_short' },
    { means: 'another port', hex: '8B880100012500000300', fPort: 2, refused: 'wrong_port' },
  ]);
}

it('calls a battery low by its cells: 2.6 V are little for a coin and much for two alkaline cells', () => {
  const frame = frameOf({ hex: '0A2801000126000001 00', fPort: 10 });
  expect(outcomeOf('dragino_lds01', frame)).toMatchObject({ batteryLow: true, battery: null });
  expect(outcomeOf('dragino_lds02', frame)).toMatchObject({ batteryLow: false, battery: null });
});

it('counter reset: after a change of battery the openings fall, and are told as they are', () => {
  const before = frameOf({ hex: '8B88010001250000 0300', fPort: 10 });
  const after = frameOf({ hex: '8B88010000010000 0000', fPort: 10 });
  expect([before, after].map((frame) => outcomeOf('dragino_lds02', frame))).toMatchObject([
    { openings: 293 },
    { openings: 1 },
  ]);
});

testVectors('dragino_lds03a', LDS03A, [
  { means: 'a truncated frame', hex: '0100012F00000467405 0', fPort: 2, refused: 'too_short' },
  {
    means: 'a frame between one door and two',
    hex: '0100012F00000467405060 01',
    fPort: 2,
    refused: 'too_long',
  },
  { means: 'a truncated log', hex: '0100012F00000467405060 0100012F', fPort: 3, refused: 'too_short' },
  { means: 'an empty log', hex: '', fPort: 3, refused: 'too_short' },
  { means: 'the status of another model', hex: '0B012201FF0E10', fPort: 5, refused: 'unknown_field' },
  { means: 'another port', hex: '31618E5740618E8170050 0', fPort: 42, refused: 'wrong_port' },
]);

it('uptime instead of a clock: a door that never knew the time still says that it is open, and its log nothing', () => {
  const record = '01 000001 000000 0000012C';
  expect(outcomeOf('dragino_lds03a', frameOf({ hex: record, fPort: 2 }))).toMatchObject({
    contact: 'open',
    openings: 1,
    deviceAt: null,
  });
  expect(outcomeOf('dragino_lds03a', frameOf({ hex: record, fPort: 3 }))).toMatchObject({
    contact: null,
    history: [],
  });
});
