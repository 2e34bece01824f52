/** Where a home is, as its register says. */
export type Place = { building: string; unit: string | null; floor: number | null; room: string };

/** The floor as registered, else as the room's number tells it (501 and 1203 do), else unknown. */
export function floorOf(home: Pick<Place, 'floor' | 'room'>): number | null {
  if (home.floor !== null) return home.floor;
  const match = /^(\d{1,2})\d{2}$/.exec(home.room.trim());
  return match ? Number(match[1]) : null;
}

/**
 * The order in which somebody walks from door to door: by building, unit, floor from the ground up, and room, all
 * counted as people count: 2号楼 before 10号楼, 三单元 before 十单元.
 */
export function compareOnWalk(a: Place, b: Place): number {
  return (
    compare(countable(a.building), countable(b.building)) ||
    compare(countable(a.unit ?? ''), countable(b.unit ?? '')) ||
    (floorOf(a) ?? Number.NEGATIVE_INFINITY) - (floorOf(b) ?? Number.NEGATIVE_INFINITY) ||
    compare(countable(a.room), countable(b.room))
  );
}

// One collator for all: a comparison that sets up its own costs fifty times as much.
const { compare } = new Intl.Collator('zh-CN', { numeric: true });

const DIGITS = '〇一二三四五六七八九';

/** Numbers in Chinese words become digits, so that they sort by what they count. */
const countable = (text: string): string => text.replace(/[〇零一二三四五六七八九十]+/g, readNumber);

/** 三 → 3, 十二 → 12, 二十 → 20, 一〇三 → 103. */
function readNumber(words: string): string {
  const digit = (word: string) => DIGITS.indexOf(word.replace('零', '〇'));
  if (!words.includes('十')) return [...words].map(digit).join('');
  const [tens = '', ones = ''] = words.split('十');
  return String((tens === '' ? 1 : digit(tens)) * 10 + (ones === '' ? 0 : digit(ones)));
}
