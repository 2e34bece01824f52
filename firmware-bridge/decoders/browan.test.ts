import { expect, it } from 'vitest';
import { DW10, TBDW100 } from './testing/vectors/browan.ts';
import { frameOf, outcomeOf, testVectors } from './testing/vectors.ts';

testVectors('browan_tbdw100', TBDW100, [
  { means: 'a truncated frame', hex: '00CB3500008A3A', fPort: 100, refused: 'too_short' },
  { means: 'a longer frame', hex: '00CB3500008A3A0000', fPort: 100, refused: 'too_long' },
  { means: 'lorawan-devices: another port', hex: '01', fPort: 42, refused: 'wrong_port' },
]);

testVectors('merryiot_dw10', DW10, [
  { means: 'a truncated frame', hex: '010F153000000500', fPort: 120, refused: 'too_short' },
  { means: 'a longer frame', hex: '010FD60030000005000000', fPort: 120, refused: 'too_long' },
  { means: 'another port', hex: '010F15300000050000', fPort: 100, refused: 'wrong_port' },
]);

it('counter reset: the events fall when it restarts, and are told as they are', () => {
  const frames = ['00CB3500008A3A00', '00CB350A00000000'].map((hex) => frameOf({ hex, fPort: 100 }));
  expect(frames.map((frame) => outcomeOf('browan_tbdw100', frame))).toMatchObject([
    { events: 14_986 },
    { events: 0 },
  ]);
});

it('uptime instead of a clock: with no event yet its minutes are since its start and not since the curtain moved', () => {
  const frame = frameOf({ hex: '01CB350A00000000', fPort: 100 });
  expect(outcomeOf('browan_tbdw100', frame)).toMatchObject({ contact: 'open', minutesSince: null });
});
