import { expect, it } from 'vitest';
import { riskOf } from './risk.ts';

const usual = { age: 82, livesAlone: true, hasNote: false, hearingWeak: false, daysSinceSeen: 1 };

it('sends people first to whoever was not seen for longest', () => {
  expect(riskOf({ ...usual, daysSinceSeen: 3 })).toBeGreaterThan(
    riskOf({ ...usual, age: 95, hasNote: true }),
  );
  expect(riskOf({ ...usual, daysSinceSeen: undefined })).toBeGreaterThan(
    riskOf({ ...usual, daysSinceSeen: 6 }),
  );
});

it('then to the older, the lonelier and those with something on file', () => {
  expect(riskOf({ ...usual, age: 90 })).toBeGreaterThan(riskOf(usual));
  expect(riskOf(usual)).toBeGreaterThan(riskOf({ ...usual, livesAlone: false }));
  expect(riskOf({ ...usual, hasNote: true })).toBeGreaterThan(riskOf(usual));
});

it('takes somebody of unknown age for an old one', () => {
  expect(riskOf({ ...usual, age: undefined })).toBeGreaterThan(riskOf({ ...usual, age: 70 }));
});
