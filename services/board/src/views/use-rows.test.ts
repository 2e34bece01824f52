import { expect, test } from 'vitest';
import { rowsInSight } from './use-rows.ts';

test('the rows in sight are drawn with some around them, in steps, and never more than there are', () => {
  expect(rowsInSight(300, 1080, 48, 5_000)).toEqual({ first: 0, last: 30 });
  expect(rowsInSight(-48_000, 1080, 48, 5_000)).toEqual({ first: 984, last: 1_038 });
  expect(rowsInSight(-48_000, 1080, 48, 1_010)).toEqual({ first: 984, last: 1_010 });
  expect(rowsInSight(-48_000, 1080, 48, 0)).toEqual({ first: 0, last: 0 });
});
