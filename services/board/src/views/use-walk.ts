import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** What the keys do in a list that is drawn only in part: one Tab stop, and the arrows walk from home to home. */
export type Walk = {
  /** The home that Tab stops at. */
  stop: string | undefined;
  onKeyDown: (event: KeyboardEvent) => void;
  onFocus: (id: string) => void;
};

/**
 * @param ids the homes in their order, `columns` side by side in rows of `rowHeight` pixels
 * @param ref the element of all rows
 */
export function useWalk(
  ref: RefObject<HTMLElement | null>,
  ids: readonly string[],
  columns: number,
  rowHeight: number,
): Walk {
  const [stopAt, setStop] = useState<string>();
  const goingTo = useRef<string>(undefined);
  const stop = stopAt !== undefined && ids.includes(stopAt) ? stopAt : ids[0];

  useLayoutEffect(() => {
    // A home that was out of sight is there only once it has been scrolled to.
    const id = goingTo.current;
    const element = id && ref.current?.querySelector<HTMLElement>(`[data-home="${id}"]`);
    if (!element) return;
    goingTo.current = undefined;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: 'nearest' });
  });

  function onKeyDown(event: KeyboardEvent) {
    const from = ids.indexOf((event.target as HTMLElement).dataset.home ?? '');
    const to = from < 0 ? undefined : placeAfter(event.key, from, ids.length, columns);
    const id = to === undefined ? undefined : ids[to];
    if (id === undefined || to === undefined) return;
    event.preventDefault();
    goingTo.current = id;
    setStop(id);
    if (!ref.current?.querySelector(`[data-home="${id}"]`)) {
      const rows = ref.current?.getBoundingClientRect();
      const scroller = scrollerOf(ref.current);
      if (rows && scroller)
        scroller.scrollTop += rows.top + Math.floor(to / columns) * rowHeight - innerHeight / 2;
    }
  }
  return { stop, onKeyDown, onFocus: setStop };
}

const PAGE_ROWS = 10;

/** Where a key leads from a place; undefined where it is no key of ours. */
export function placeAfter(key: string, from: number, count: number, columns: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -columns * PAGE_ROWS,
    PageDown: columns * PAGE_ROWS,
    Home: -count,
    End: count,
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  const to = from + step;
  // Up from the first row and down from the last one stay; whole pages and ends stop at the edge.
  if (key === 'ArrowUp' && to < 0) return from;
  if (key === 'ArrowDown' && to >= count) return from;
  return Math.min(count - 1, Math.max(0, to));
}

function scrollerOf(element: HTMLElement | null): Element | null {
  for (let parent = element?.parentElement; parent; parent = parent.parentElement) {
    if (parent.scrollHeight > parent.clientHeight && /auto|scroll/.test(getComputedStyle(parent).overflowY)) {
      return parent;
    }
  }
  return document.scrollingElement;
}
