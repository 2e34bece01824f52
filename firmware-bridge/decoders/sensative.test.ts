import { STRIPS } from './testing/vectors/sensative.ts';
import { testVectors } from './testing/vectors.ts';

testVectors('sensative_strips', STRIPS, [
  { means: 'a truncated frame', hex: 'FFFF0150020 0', fPort: 1, refused: 'too_short' },
  { means: 'half a number', hex: 'FF', fPort: 1, refused: 'too_short' },
  { means: 'a truncated log', hex: '000500000E10', fPort: 2, refused: 'too_short' },
  { means: 'an unknown channel', hex: '0012 0901 1701', fPort: 1, refused: 'unknown_field' },
  { means: 'a state that is neither', hex: '00120902', fPort: 1, refused: 'bad_value' },
  { means: 'another port', hex: '00120901', fPort: 10, refused: 'wrong_port' },
]);
