import { useEffect, useState } from 'react';

/**
 * A form's values, kept in this tab until they are sent: a slip on a link or a reload loses nothing. What is about
 * people stays out of anything that outlives the tab. Only what was typed is kept: what somebody else changes meanwhile
 * is not turned back by an old copy.
 */
export function useDraft<T extends object>(key: string, empty: T) {
  const [initial] = useState(empty);
  const [draft, setDraft] = useState<T>(() => ({ ...empty, ...stored<T>(key) }));
  useEffect(() => {
    try {
      const typed = Object.entries(draft).filter(
        ([name, value]) => JSON.stringify(value) !== JSON.stringify(initial[name as keyof T]),
      );
      sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(typed)));
    } catch (error) {
      // A browser that keeps nothing still has the form while it is open.
      console.warn('draft not kept', error);
    }
  }, [key, draft, initial]);
  return {
    draft,
    change: (parts: Partial<T>) => setDraft((old) => ({ ...old, ...parts })),
    forget() {
      sessionStorage.removeItem(key);
      setDraft(empty);
    },
  };
}

function stored<T>(key: string): Partial<T> {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? '{}') as Partial<T>;
  } catch (error) {
    console.warn('draft not readable', error);
    return {};
  }
}
