import { expect, test } from 'vitest';
import { neighbourOf } from './neighbour-window.ts';

// Two houses side by side: 0 1 | 4 on the upper floor, 2 3 | 5 on the lower.
const spots = [
  [0, 0],
  [100, 0],
  [0, 100],
  [100, 100],
  [300, 0],
  [300, 100],
].map(([left = 0, top = 0]) => ({ left, top, width: 80, height: 80 }));

test('up and down lead to the window above and below', () => {
  expect(neighbourOf(spots, 1, 'ArrowDown')).toBe(3);
  expect(neighbourOf(spots, 5, 'ArrowUp')).toBe(4);
});

test('sideways follows the order of reading', () => {
  expect(neighbourOf(spots, 0, 'ArrowRight')).toBe(1);
  expect(neighbourOf(spots, 4, 'ArrowLeft')).toBe(3);
});

test('at the edge of the street nobody falls off', () => {
  expect(neighbourOf(spots, 0, 'ArrowUp')).toBe(0);
  expect(neighbourOf(spots, 0, 'ArrowLeft')).toBe(0);
  expect(neighbourOf(spots, 5, 'ArrowRight')).toBe(5);
  expect(neighbourOf(spots, 5, 'ArrowDown')).toBe(5);
});
