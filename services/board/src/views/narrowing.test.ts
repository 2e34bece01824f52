import { expect, test } from 'vitest';
import { lookOf } from '../facade/look.ts';
import { home } from '../testing/home.ts';
import { belongs, countBy, EVERYTHING, isNarrowed, NOBODY } from './narrowing.ts';

const at = Date.parse('2026-11-24T06:00:00+08:00');
const look = (one: ReturnType<typeof home>) => lookOf(one, at);
const homes = [
  home({ code: '007', salutation: '王奶奶', building: '3', unit: '2', room: '501', steward: '李红梅' }),
  home({ code: '31', salutation: '刘爷爷', building: '5', room: '202', grid: '第二网格', state: 'kept' }),
  home({ code: '19', salutation: '王爷爷', building: '3', room: '302', grid: '第二网格', steward: '李红梅' }),
];
const found = (parts: Partial<typeof EVERYTHING>) =>
  homes.filter((one) => belongs({ ...EVERYTHING, ...parts }, one, look(one))).map(({ code }) => code);

test('a home is found by its number with or without zeros, its room, and the elder’s name', () => {
  expect(found({ text: '7' })).toEqual(['007']);
  expect(found({ text: '31号' })).toEqual(['31']);
  expect(found({ text: '30' })).toEqual(['19']);
  expect(found({ text: ' 王 30 ' })).toEqual(['19']);
  expect(found({ text: '３１' })).toEqual(['31']);
  expect(found({ text: '奶奶' })).toEqual(['007']);
  expect(found({ text: '没有' })).toEqual([]);
});

test('grid, steward and state narrow together', () => {
  expect(found({ grid: '第二网格' })).toEqual(['31', '19']);
  expect(found({ grid: '第二网格', steward: '李红梅' })).toEqual(['19']);
  expect(found({ grid: '第二网格', state: 'kept' })).toEqual(['31']);
  expect(found({ steward: NOBODY })).toEqual(['31']);
  expect(isNarrowed(EVERYTHING)).toBe(false);
  expect(isNarrowed({ ...EVERYTHING, text: ' ' })).toBe(false);
});

test('each choice says how many homes it would leave', () => {
  const narrowing = { ...EVERYTHING, grid: '第二网格' };
  expect([...countBy('grid', narrowing, homes, look)]).toEqual([
    ['第一网格', 1],
    ['第二网格', 2],
  ]);
  expect([...countBy('steward', narrowing, homes, look)]).toEqual([
    ['李红梅', 1],
    [NOBODY, 1],
  ]);
});
