import { expect, it } from 'vitest';
import { wholeNumber } from './whole-number.ts';

it('takes whole numbers within its bounds', () => {
  expect(['1', ' 7 ', '10'].map(wholeNumber(1, 10))).toEqual([1, 7, 10]);
});

it.each(['', ' ', '0', '11', '1.5', 'abc', '-1', 'NaN', 'Infinity'])(
  'refuses “%s” and says what is needed',
  (text) => {
    expect(() => wholeNumber(1, 10)(text)).toThrow('A whole number from 1 to 10 is needed.');
  },
);
