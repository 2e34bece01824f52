import { useSyncExternalStore } from 'react';
import { BOARD_TEXT, type BoardLanguage, type BoardText } from '#pact/text/board.ts';

const KEY = 'pact.language';
const listeners = new Set<() => void>();
let current: BoardLanguage = remembered() ?? (navigator.language.startsWith('en') ? 'en' : 'zh-CN');
document.documentElement.lang = current;

/** Changes the language of the whole board and remembers it on this machine. */
export function setLanguage(language: BoardLanguage): void {
  current = language;
  document.documentElement.lang = language;
  try {
    localStorage.setItem(KEY, language);
  } catch (error) {
    // A browser that keeps nothing still gets its language until the page is closed.
    console.warn('language not remembered', error);
  }
  for (const listener of listeners) listener();
}

export const useLanguage = (): BoardLanguage => useSyncExternalStore(subscribe, () => current);
export const useText = (): BoardText => BOARD_TEXT[useLanguage()];

/** The words of a page that brings its own catalogue, so that the first load does not carry them. */
export const useTextOf = <T>(catalogue: Record<BoardLanguage, T>): T => catalogue[useLanguage()];

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function remembered(): BoardLanguage | undefined {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'zh-CN' || stored === 'en' ? stored : undefined;
  } catch {
    return undefined;
  }
}
