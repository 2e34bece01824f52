export type Spot = { left: number; top: number; width: number; height: number };
export type Arrow = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

/**
 * Which window an arrow key leads to from `from`: along the reading order sideways, and to the nearest one
 * of the next row up or down. Returns the same index at the edge.
 */
export function neighbourOf(spots: readonly Spot[], from: number, arrow: Arrow): number {
  if (arrow === 'ArrowLeft') return Math.max(0, from - 1);
  if (arrow === 'ArrowRight') return Math.min(spots.length - 1, from + 1);
  const here = spots[from];
  if (!here) return from;
  const direction = arrow === 'ArrowDown' ? 1 : -1;
  let best = from;
  let bestDistance = Infinity;
  spots.forEach((spot, index) => {
    const rise = (spot.top - here.top) * direction;
    if (rise < here.height / 2) return;
    // A row further counts more than any step aside within the row that is nearest.
    const distance = rise * 8 + Math.abs(spot.left + spot.width / 2 - here.left - here.width / 2);
    if (distance < bestDistance) [best, bestDistance] = [index, distance];
  });
  return best;
}

/** Buildings beside the one that the walk starts from: further ones are no neighbours. */
const HOUSES_AROUND = 12;

/** The window that a key leads to from the focused one; undefined where it is no key of ours, or nothing is focused. */
export function walkTo(key: string, street: Element | null, from: Element | null): HTMLElement | undefined {
  const all = [...(street?.querySelectorAll<HTMLElement>('[data-home]') ?? [])];
  const index = all.indexOf(from as HTMLElement);
  if (!street || index < 0) return undefined;
  if (key === 'Home') return all[0];
  if (key === 'End') return all[all.length - 1];
  if (key === 'ArrowLeft' || key === 'ArrowRight') return all[neighbourOf(all.map(NOWHERE), index, key)];
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return undefined;
  // Only what is near is measured: to measure what is out of sight would lay it all out.
  const houses = [...street.querySelectorAll('.house')];
  const here = houses.findIndex((house) => house.contains(from));
  const near = houses
    .slice(Math.max(0, here - HOUSES_AROUND), here + HOUSES_AROUND + 1)
    .flatMap((house) => [...house.querySelectorAll<HTMLElement>('[data-home]')]);
  const spots = near.map((window) => window.getBoundingClientRect());
  return near[neighbourOf(spots, near.indexOf(from as HTMLElement), key)];
}

const NOWHERE = (): Spot => ({ left: 0, top: 0, width: 0, height: 0 });
