import type { HomeView } from '#contracts/http/today.ts';
import { belongsTo, type Filter, type Look } from '../facade/look.ts';

/** Which homes are looked at. `steward` is a name, or `NOBODY`; an empty string asks for nothing. */
export type Narrowing = { state: Filter; grid: string; steward: string; text: string };

export const EVERYTHING: Narrowing = { state: 'enrolled', grid: '', steward: '', text: '' };

/** Homes without a steward; no name is a single dash. */
export const NOBODY = '-';

export const isNarrowed = ({ state, grid, steward, text }: Narrowing): boolean =>
  state !== 'enrolled' || grid !== '' || steward !== '' || text.trim() !== '';

export function belongs(narrowing: Narrowing, home: HomeView, look: Look): boolean {
  const { state, grid, steward, text } = narrowing;
  return (
    belongsTo(state, look) &&
    (grid === '' || home.grid === grid) &&
    (steward === '' || (home.steward ?? NOBODY) === steward) &&
    isMeant(home, text)
  );
}

/** Every word has to be the beginning of the home's number or room, or to stand in its address or the elder's name. */
function isMeant(home: HomeView, text: string): boolean {
  const words = text.normalize('NFKC').trim().toLowerCase().split(/\s+/);
  return words.every((word) => word === '' || isIn(home, word));
}

function isIn(home: HomeView, word: string): boolean {
  const { code, room, building, unit, salutation } = home;
  if (/^\d+号?$/.test(word)) {
    const number = word.replace('号', '');
    return code.startsWith(number) || withoutZeros(code).startsWith(number) || room.startsWith(number);
  }
  const place = unit ? `${building}${unit}${room}` : `${building}${room}`;
  return `${salutation} ${place} ${code}号`.toLowerCase().includes(word);
}

const withoutZeros = (code: string) => code.replace(/^0+(?=.)/, '');

/** How many homes each grid or steward has among those that everything else of the narrowing leaves. */
export function countBy(
  of: 'grid' | 'steward',
  narrowing: Narrowing,
  homes: readonly HomeView[],
  lookOf: (home: HomeView) => Look,
): Map<string, number> {
  const others = { ...narrowing, [of]: '' };
  const counts = new Map<string, number>();
  for (const home of homes) {
    const name = of === 'grid' ? home.grid : (home.steward ?? NOBODY);
    const more = belongs(others, home, lookOf(home)) ? 1 : 0;
    counts.set(name, (counts.get(name) ?? 0) + more);
  }
  return counts;
}
