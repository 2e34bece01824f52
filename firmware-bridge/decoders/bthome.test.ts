import { expect, it } from 'vitest';
import { BTHOME } from './testing/vectors/bthome.ts';
import { frameOf, outcomeOf, testVectors } from './testing/vectors.ts';

testVectors('bthome_v2', BTHOME, [
  { means: 'a truncated frame', hex: '40004E0164050000', fPort: null, refused: 'too_short' },
  { means: 'a frame without an object', hex: '40', fPort: null, refused: 'too_short' },
  {
    means: 'bthome-ble: an encrypted frame',
    hex: '41A47266C95F73001122337823 7214',
    fPort: null,
    refused: 'encrypted',
  },
  {
    means: 'bthome-ble: a version that does not exist',
    hex: 'E102000C0404138A01',
    fPort: null,
    refused: 'wrong_version',
  },
  {
    means: 'an unknown object before anything else',
    hex: '407F012D01',
    fPort: null,
    refused: 'unknown_field',
  },
  {
    means: 'an unknown object out of order',
    hex: '403F0000 3001 2D01',
    fPort: null,
    refused: 'unknown_field',
  },
  { means: 'a state that is neither', hex: '402D02', fPort: null, refused: 'bad_value' },
]);

it('says nothing where two contacts say different things', () => {
  const frame = frameOf({ hex: '40 1A01 2D00', fPort: null });
  expect(outcomeOf('bthome_v2', frame)).toMatchObject({ contact: null });
});

it('uptime instead of a clock: seconds since its start are no time', () => {
  const frame = frameOf({ hex: '40 2D01 502C010000', fPort: null });
  expect(outcomeOf('bthome_v2', frame)).toMatchObject({ contact: 'open', deviceAt: null });
});

it('counter reset: the number of a packet begins anew after 255 and is no counter', () => {
  for (const hex of ['40 00FF 2D00', '40 0000 2D01'])
    expect(outcomeOf('bthome_v2', frameOf({ hex, fPort: null }))).toMatchObject({ events: null });
});
