import { expect, it } from 'vitest';
import { UNTOLD_POLARITY } from '#contracts/bridge/formats.ts';
import { R311A, R718F } from './testing/vectors/netvox.ts';
import { testVectors } from './testing/vectors.ts';

testVectors('netvox_r311a', R311A, [
  { means: 'a truncated frame', hex: '0102011E01', fPort: 6, refused: 'too_short' },
  { means: 'a longer frame', hex: '0102011E0100000000000000', fPort: 6, refused: 'too_long' },
  { means: 'another version', hex: '0202011E01000000000000', fPort: 6, refused: 'wrong_version' },
  { means: 'another device', hex: '011D012401000000000000', fPort: 6, refused: 'unknown_field' },
  { means: 'another report', hex: '0102021E01000000000000', fPort: 6, refused: 'unknown_field' },
  { means: 'a state that is neither', hex: '0102011E02000000000000', fPort: 6, refused: 'bad_value' },
  { means: 'another port', hex: '0102011E01000000000000', fPort: 5, refused: 'wrong_port' },
]);

testVectors('netvox_r718f', R718F, [
  { means: 'a truncated frame', hex: '011D01240100000000', fPort: 6, refused: 'too_short' },
  { means: 'another device', hex: '0102011E01000000000000', fPort: 6, refused: 'unknown_field' },
]);

it('counts for nothing until it has been tried which of on and off is open', () => {
  expect(UNTOLD_POLARITY).toEqual(expect.arrayContaining(['netvox_r311a', 'netvox_r718f']));
});
