import { useEffect, useState } from 'react';

/**
 * A form's values, kept in this tab until they are sent: a slip on a link or a reload loses nothing. What is about
 * people stays out of anything that outlives the tab.
 */
export function useDraft<T extends object>(key: string, empty: T) {
  const [draft, setDraft] = useState<T>(() => ({ ...empty, ...stored<T>(key) }));
  useEffect(() => {
    try {
      sessionStorage.setItem(key, JSON.stringify(draft));
    } catch (error) {
      // A browser that keeps nothing still has the form while it is open.
      console.warn('draft not kept', error);
    }
  }, [key, draft]);
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
