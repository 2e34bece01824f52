import { expect, it } from 'vitest';
import { RBS301_DWS } from './testing/vectors/radio-bridge.ts';
import { frameOf, outcomeOf, testVectors } from './testing/vectors.ts';

testVectors('radio_bridge_rbs301_dws', RBS301_DWS, [
  { means: 'a truncated frame', hex: '1003', fPort: 2, refused: 'too_short' },
  { means: 'a truncated supervisory message', hex: '120100', fPort: 2, refused: 'too_short' },
  { means: 'a longer event', hex: '10030100', fPort: 2, refused: 'too_long' },
  { means: 'another version', hex: '200301', fPort: 2, refused: 'wrong_version' },
  { means: 'the event of another sensor', hex: '100701', fPort: 2, refused: 'unknown_field' },
  { means: 'the restart of another sensor', hex: '10000a2288ad703c', fPort: 2, refused: 'unknown_field' },
  { means: 'a state that is neither', hex: '100302', fPort: 2, refused: 'bad_value' },
]);

it('counter reset: four bits that wrap every sixteen messages are no counter at all', () => {
  for (const hex of ['1F0301', '100300', '110301'])
    expect(outcomeOf('radio_bridge_rbs301_dws', frameOf({ hex, fPort: 2 }))).toMatchObject({
      events: null,
      openings: null,
    });
});
