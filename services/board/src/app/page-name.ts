import { useSyncExternalStore } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';

/** The pages, in the order of the navigation. */
export const PAGE_NAMES = [
  'overview',
  'today',
  'register',
  'enrol',
  'sensors',
  'care',
  'leave',
  'rota',
  'report',
  'exchange',
  'settings',
  'audit',
  'wall',
] as const;
/** Reached from somewhere else, not from the navigation. */
const OTHERS = ['alert', 'sources', 'codecs'] as const;
export type PageName = (typeof PAGE_NAMES)[number] | (typeof OTHERS)[number];

/** What the head of every page needs. */
export type Shared = {
  communities: readonly CommunityView[];
  onCommunity: (id: string) => void;
  onAccounts: (() => void) | undefined;
  onSignOut: () => void;
  /** On every device at once. */
  onSignOutEverywhere: () => void;
};

export type PageProps = Shared & {
  community: CommunityView;
  /** What stands behind the page's name in the address: `#rota/<x>` is `['<x>']`. */
  rest: readonly string[];
};

/** The page stands in the address, so that the browser's way back leads to where one came from. */
export function usePage(): { page: PageName; rest: readonly string[] } {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  const [name, ...rest] = hash.slice(1).split('/');
  return { page: [...PAGE_NAMES, ...OTHERS].find((page) => page === name) ?? 'today', rest };
}

function subscribe(listener: () => void) {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}
