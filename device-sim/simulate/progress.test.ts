import { expect, it } from 'vitest';
import { createProgress } from './progress.ts';

const fine = { mornings: 2, violations: [] };

it('says how far it is and how long it will take, and not more often than people read', () => {
  const progress = createProgress(100, 1_000, false);
  expect(progress.take(fine, 5_000)).toBeUndefined();
  expect(progress.take({ mornings: 1, violations: ['lost', 'doubled'] }, 10_999)).toBeUndefined();
  expect(progress.take(fine, 11_000)).toBe(
    '5 of 100 mornings, 0.5 a second, 1 communities with violations, 3 min 10 s left',
  );
  expect(progress.take(fine, 20_999)).toBeUndefined();
  expect(progress.take({ mornings: 95, violations: [] }, 21_000)).toContain('0 min 0 s left');
});
