import { expect, it } from 'vitest';
import { readCpuList } from './pin-to-core.ts';

it.each([
  ['0', [0]],
  ['0-2,5', [0, 1, 2, 5]],
  ['', []],
])('the cores of %j', (text, cores) => {
  expect(readCpuList(text)).toEqual(cores);
});
