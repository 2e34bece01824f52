import { type RefObject, useLayoutEffect, useState } from 'react';

/** The rows of a long list that stand in sight, and some around them. */
export type Rows = { first: number; last: number };

/** Rows beside those in sight, so that a flick of the wheel meets no blank. */
const AROUND = 12;
/** The rows that are drawn change in steps: not every pixel of scrolling is a rendering. */
const STEP = 6;

/**
 * Which rows of `rowHeight` pixels each are to be drawn, whatever it is that scrolls: the page or a part of it.
 * The element has to be as high as all its rows together.
 */
export function useRows(ref: RefObject<HTMLElement | null>, count: number, rowHeight: number): Rows {
  const [rows, setRows] = useState<Rows>({ first: 0, last: Math.min(count, 40) });
  useLayoutEffect(() => {
    let frame = 0;
    const look = () => {
      frame = 0;
      const top = ref.current?.getBoundingClientRect().top;
      if (top === undefined) return;
      const seen = rowsInSight(top, innerHeight, rowHeight, count);
      setRows((old) => (old.first === seen.first && old.last === seen.last ? old : seen));
    };
    const later = () => {
      frame ||= requestAnimationFrame(look);
    };
    look();
    addEventListener('scroll', later, { capture: true, passive: true });
    addEventListener('resize', later);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('scroll', later, { capture: true });
      removeEventListener('resize', later);
    };
  }, [ref, count, rowHeight]);
  return { first: Math.min(rows.first, count), last: Math.min(rows.last, count) };
}

/** @param top where the list begins, in pixels below the upper edge of the window; negative once scrolled past */
export function rowsInSight(top: number, windowHeight: number, rowHeight: number, count: number): Rows {
  const from = Math.floor(-top / rowHeight) - AROUND;
  const to = Math.ceil((windowHeight - top) / rowHeight) + AROUND;
  const clamp = (row: number) => Math.min(count, Math.max(0, row));
  return {
    first: clamp(Math.floor(from / STEP) * STEP),
    last: clamp(Math.ceil(to / STEP) * STEP),
  };
}
