import { useState } from 'react';

export const VIEWS = ['facade', 'list', 'grid'] as const;
export type View = (typeof VIEWS)[number];

const KEY = 'pact.view';

/** How the homes are shown, remembered on this machine. */
export function useView(): [View, (view: View) => void] {
  const [view, setView] = useState<View>(remembered);
  return [
    view,
    (next) => {
      setView(next);
      try {
        localStorage.setItem(KEY, next);
      } catch (error) {
        // A browser that keeps nothing still shows what was chosen until the page is closed.
        console.warn('view not remembered', error);
      }
    },
  ];
}

function remembered(): View {
  try {
    const stored = localStorage.getItem(KEY);
    return VIEWS.find((view) => view === stored) ?? 'facade';
  } catch (error) {
    console.warn('view not readable', error);
    return 'facade';
  }
}
