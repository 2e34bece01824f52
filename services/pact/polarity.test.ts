import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CurtainReport, judgePolarity, turnRound } from './polarity.ts';

const opened: CurtainReport = { type: 'opened', position: null };
const closed: CurtainReport = { type: 'closed', position: null };
const at = (position: number): CurtainReport => ({ type: 'position', position });

const message = fc.record({
  type: fc.constantFrom('opened', 'closed', 'position', 'heartbeat', 'tamper'),
  position: fc.option(fc.integer({ min: 0, max: 100 })),
  seq: fc.nat(),
});

test('a message that says nothing of a curtain never becomes one that does', () => {
  fc.assert(
    fc.property(message, (said) => {
      const turned = turnRound(said);
      if (said.type === 'heartbeat' || said.type === 'tamper') expect(turned).toBe(said);
      else expect(turned.type === 'position').toBe(said.type === 'position');
    }),
  );
});

test('turned round twice it is what it was, and keeps its number', () => {
  fc.assert(
    fc.property(message, (said) => {
      expect(turnRound(turnRound(said))).toEqual(said);
      expect(turnRound(said).seq).toBe(said.seq);
    }),
  );
});

test('opened is closed and fully open is fully shut, the other way round', () => {
  expect(turnRound(opened)).toEqual(closed);
  expect(turnRound(at(100))).toEqual(at(0));
  expect(turnRound(at(30))).toEqual(at(70));
});

test.each([
  [opened, closed, 'right'],
  [closed, opened, 'reversed'],
  [opened, opened, 'unclear'],
  [closed, closed, 'unclear'],
  [at(100), at(0), 'right'],
  [at(45), at(5), 'right'],
  [at(3), at(96), 'reversed'],
  [at(50), at(45), 'unclear'],
] as const)('seen open it said %o, seen closed %o: %s', (whenOpen, whenClosed, result) => {
  expect(judgePolarity(whenOpen, whenClosed)).toBe(result);
});

test('a sensor that was found the other way round is right once its messages are turned round', () => {
  const percent = fc.integer({ min: 0, max: 100 });
  fc.assert(
    fc.property(percent, percent, (open, shut) => {
      fc.pre(judgePolarity(at(open), at(shut)) === 'reversed');
      expect(judgePolarity(turnRound(at(open)), turnRound(at(shut)))).toBe('right');
    }),
  );
});
