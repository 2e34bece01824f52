import { expect, test } from 'vitest';
import { placeAfter } from './use-walk.ts';

test('arrows walk sideways and by rows, pages and ends stop at the edge, and other keys are left alone', () => {
  expect(placeAfter('ArrowRight', 3, 10, 4)).toBe(4);
  expect(placeAfter('ArrowLeft', 0, 10, 4)).toBe(0);
  expect(placeAfter('ArrowDown', 3, 10, 4)).toBe(7);
  expect(placeAfter('ArrowDown', 8, 10, 4)).toBe(8);
  expect(placeAfter('ArrowUp', 2, 10, 4)).toBe(2);
  expect(placeAfter('PageDown', 2, 1_000, 1)).toBe(12);
  expect(placeAfter('End', 2, 10, 4)).toBe(9);
  expect(placeAfter('Home', 7, 10, 4)).toBe(0);
  expect(placeAfter('Enter', 7, 10, 4)).toBeUndefined();
});
