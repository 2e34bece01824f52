import { expect, it } from 'vitest';
import { EM300_MCS, WS301 } from './testing/vectors/milesight.ts';
import { frameOf, outcomeOf, testVectors } from './testing/vectors.ts';

testVectors('milesight_ws301', WS301, [
  { means: 'a truncated frame', hex: '01756403', fPort: 85, refused: 'too_short' },
  { means: 'nothing at all', hex: '', fPort: 85, refused: 'too_short' },
  { means: 'a channel that it does not have', hex: '03673401', fPort: 85, refused: 'unknown_field' },
  { means: 'a state that is neither', hex: '030002', fPort: 85, refused: 'bad_value' },
  { means: 'another port', hex: '030001', fPort: 2, refused: 'wrong_port' },
  { means: 'no port', hex: '030001', fPort: null, refused: 'wrong_port' },
]);

testVectors('milesight_em300_mcs', EM300_MCS, [
  { means: 'a truncated frame', hex: '01755C036734010468650600', fPort: 85, refused: 'too_short' },
  { means: 'a truncated record', hex: '20CE9E74466310015D', fPort: 85, refused: 'too_short' },
  {
    means: 'an unknown channel behind an opening, which may have been something else',
    hex: '060001 210102',
    fPort: 85,
    refused: 'unknown_field',
  },
  {
    means: 'a state that is neither in its history',
    hex: '20CE9E74466310015D02',
    fPort: 85,
    refused: 'bad_value',
  },
]);

it('uptime instead of a clock: a record of a device that never knew the time proves nothing', () => {
  const frame = frameOf({ hex: '20CE2C01000010015D01 060000', fPort: 85 });
  expect(outcomeOf('milesight_em300_mcs', frame)).toMatchObject({ contact: 'closed', history: [] });
});

it('lets the later word stand where a channel comes twice', () => {
  const frame = frameOf({ hex: '030001 030000', fPort: 85 });
  expect(outcomeOf('milesight_ws301', frame)).toMatchObject({ contact: 'closed' });
});

it('does not lose an opening for a battery of more than 100 %', () => {
  const frame = frameOf({ hex: '0175FF 030001', fPort: 85 });
  expect(outcomeOf('milesight_ws301', frame)).toMatchObject({ contact: 'open', battery: null });
});
