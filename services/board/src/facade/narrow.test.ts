import { describe, expect, test } from 'vitest';
import { home } from '../testing/home.ts';
import { choicesOf, EVERYTHING, isNarrow, narrow } from './narrow.ts';

const homes = [
  home({ code: '07', grid: '一格', steward: '李红梅', salutation: '王奶奶', building: '3', room: '501' }),
  home({ code: '19', grid: '二格', steward: '赵志强', salutation: '李爷爷', building: '5', room: '101' }),
  home({ code: '21', grid: '一格', steward: null, salutation: '张奶奶', building: '3', room: '502' }),
];
const codes = (parts: Partial<typeof EVERYTHING>) =>
  narrow(homes, { ...EVERYTHING, ...parts }).map(({ code }) => code);

describe('a morning narrowed', () => {
  test('shows the homes of a grid, of a steward, and of both', () => {
    expect(codes({ grid: '一格' })).toEqual(['07', '21']);
    expect(codes({ steward: '赵志强' })).toEqual(['19']);
    expect(codes({ grid: '一格', steward: '赵志强' })).toEqual([]);
  });

  test('finds a home by number, name or address, every word of it', () => {
    expect(codes({ text: '奶奶' })).toEqual(['07', '21']);
    expect(codes({ text: '奶奶 502' })).toEqual(['21']);
    expect(codes({ text: '5101' })).toEqual(['19']);
  });

  test('shows everything where nothing is asked, the very same list', () => {
    expect(narrow(homes, EVERYTHING)).toBe(homes);
    expect([isNarrow(EVERYTHING), isNarrow({ ...EVERYTHING, text: ' ' })]).toEqual([false, false]);
    expect(choicesOf(homes, 'steward')).toEqual(['李红梅', '赵志强']);
  });
});
