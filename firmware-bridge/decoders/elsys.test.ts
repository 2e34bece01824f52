import { expect, it } from 'vitest';
import { UNTOLD_POLARITY } from '#contracts/bridge/formats.ts';
import { ELSYS } from './testing/vectors/elsys.ts';
import { testVectors } from './testing/vectors.ts';

testVectors('elsys', ELSYS, [
  { means: 'a truncated frame', hex: '03013FFA070E0F0B0000', fPort: 5, refused: 'too_short' },
  { means: 'nothing at all', hex: '', fPort: 5, refused: 'too_short' },
  { means: 'a type that is not documented', hex: '0D00 7F01', fPort: 5, refused: 'unknown_field' },
  { means: 'a state that is neither', hex: '0D02', fPort: 5, refused: 'bad_value' },
]);

it('counts for nothing until it has been tried which of 1 and 0 is open', () => {
  expect(UNTOLD_POLARITY).toContain('elsys');
});
