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
