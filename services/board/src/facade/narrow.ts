import type { HomeView } from '#contracts/http/today.ts';

/** What narrows a morning to some of its homes; empty means all. */
export type Narrowing = { grid: string; steward: string; text: string };
export const EVERYTHING: Narrowing = { grid: '', steward: '', text: '' };

export const isNarrow = ({ grid, steward, text }: Narrowing): boolean =>
  grid !== '' || steward !== '' || text.trim() !== '';

/** The homes of one grid, of one steward, and with a word in their number, name or address, all at once. */
export function narrow(homes: readonly HomeView[], { grid, steward, text }: Narrowing): readonly HomeView[] {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (!grid && !steward && words.length === 0) return homes;
  return homes.filter((home) => {
    if (grid && home.grid !== grid) return false;
    if (steward && home.steward !== steward) return false;
    const { code, salutation, building, unit, room } = home;
    const all =
      `${code} ${salutation} ${building} ${unit ?? ''} ${room} ${building}${unit ?? ''}${room}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** What there is to choose from, in the order that people read. */
export const choicesOf = (homes: readonly HomeView[], of: 'grid' | 'steward'): string[] =>
  [...new Set(homes.flatMap((home) => home[of] ?? []))].sort((a, b) => a.localeCompare(b, 'zh'));
