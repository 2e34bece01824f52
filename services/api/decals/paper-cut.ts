import { cloud, dot, drop, folded, leaf, moon, pair, rim, type Shape, tooth } from './shape.ts';

/** The middle is left free for what is printed there: as far as from the middle to this circle. */
export const FREE_RADIUS = 50;

/** A motif as shapes of which the first is the paper's edge and all others are cut out of it (even-odd). */
type Motif = () => Shape[];

const edge = (): Shape[] => [dot(FREE_RADIUS, 0), ...folded(72, 0, [tooth(51.4, 54.6, 1.45)])];

/** Teeth along the paper's edge, in the lobes only. */
const fringe = (lobes: number, each: number, spread: number, inner: number): Shape[] =>
  Array.from({ length: each }, (_, n) => (n / (each - 1) - 0.5) * spread).flatMap((offset) => {
    const height = 3.4 - Math.abs(offset) * 0.16;
    return folded(lobes, 180 / lobes + offset, [tooth(inner, inner + height, 1.05)]);
  });

/** A round flower of eight petals with clouds between them (团花). */
const flower: Motif = () => [
  rim(16, 93, 100),
  ...edge(),
  ...fringe(16, 5, 13, 91.6),
  ...folded(8, 0, [...pair(moon(60, 90, 8.8, 0.9)), dot(1.5, 57.4)]),
  ...folded(8, 22.5, [cloud(69, 86.5, 9.5), dot(1.2, 90), leaf(58, 66.5, 1.6)]),
  ...[-12.2, 12.2].flatMap((aside) =>
    folded(8, 22.5 + aside, [leaf(64, 80, 1.7), dot(0.9, 60.6), dot(1.1, 84.4)]),
  ),
  ...[-6, 6].flatMap((aside) => folded(8, 22.5 + aside, [dot(1, 66.4), leaf(56.4, 62, 1)])),
];

/** Plum blossoms (梅花) in the lobes of a window. */
const plum: Motif = () => [
  rim(10, 92.5, 100),
  ...edge(),
  ...fringe(10, 7, 22, 92.2),
  ...folded(10, 18, blossom(76.5, 11.5)),
  ...folded(10, 0, [...pair(moon(59.5, 74, 4.6, 0.8)), leaf(77, 88.5, 1.9), dot(0.9, 57)]),
  ...folded(20, 9, [leaf(57, 64.5, 1.4), dot(1, 67.5)]),
  ...folded(10, 18, [dot(1.4, 59.4), dot(0.8, 56.2)]),
  ...[-10.6, 10.6].flatMap((aside) => folded(10, 18 + aside, [dot(1.1, 86.2), leaf(72, 81, 1)])),
];

/** A chrysanthemum (菊花): long petals and short ones, pointed at the edge. */
const chrysanthemum: Motif = () => [
  rim(24, 90, 100, true),
  ...edge(),
  ...folded(24, 7.5, [drop(66, 90.5, 3.5), dot(0.9, 93.6)]),
  ...folded(24, 0, [drop(58, 77.5, 2.8), leaf(80.5, 87.5, 1.2)]),
  ...folded(24, 7.5, [leaf(57, 63.4, 1.1)]),
];

/** Five petals around a stamen of their own, in the middle of a lobe. */
const blossom = (out: number, radius: number): Shape[] =>
  [...folded(5, 36, [drop(3.2, radius, 4)]), dot(1.5, 0)].map((shape) => moved(shape, out));

const moved = ({ from, segments }: Shape, out: number): Shape => ({
  from: [from[0], from[1] - out],
  segments: segments.map((segment) =>
    'by' in segment
      ? {
          to: [segment.to[0], segment.to[1] - out],
          by: [
            [segment.by[0][0], segment.by[0][1] - out],
            [segment.by[1][0], segment.by[1][1] - out],
          ],
        }
      : { to: [segment.to[0], segment.to[1] - out] },
  ),
});

export const MOTIFS: readonly Motif[] = [flower, plum, chrysanthemum];
