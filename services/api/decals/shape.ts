/**
 * Outlines for paper-cuts: closed shapes in a plane whose middle is the middle of the paper, 100 from there to its
 * edge. Shapes are drawn pointing up, then turned into place.
 */
type Point = readonly [x: number, y: number];
type Segment =
  | { to: Point }
  /** A cubic curve with its two handles. */
  | { to: Point; by: readonly [Point, Point] };
export type Shape = { from: Point; segments: readonly Segment[] };

/** @param degrees clockwise */
export const turned = (shape: Shape, degrees: number): Shape => {
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  return mapped(shape, ([x, y]) => [x * cos - y * sin, x * sin + y * cos]);
};

/** The other side of a fold through the middle. */
const mirrored = (shape: Shape): Shape => mapped(shape, ([x, y]) => [-x, y]);

/** The paper is folded so often, and cut through all its layers at once. */
export const folded = (times: number, offset: number, shapes: readonly Shape[]): Shape[] =>
  Array.from({ length: times }, (_, n) =>
    shapes.map((shape) => turned(shape, offset + (n * 360) / times)),
  ).flat();

/** A shape and its other side. */
export const pair = (shape: Shape): Shape[] => [shape, mirrored(shape)];

/** As the operators that draw them in a PDF, in the same units. */
export function toOperators(shapes: readonly Shape[]): string {
  const say = (point: Point) => point.map((value) => value.toFixed(2)).join(' ');
  return shapes
    .map(({ from, segments }) => {
      const lines = segments.map((segment) =>
        'by' in segment ? `${[...segment.by, segment.to].map(say).join(' ')} c` : `${say(segment.to)} l`,
      );
      return `${say(from)} m ${lines.join(' ')} h`;
    })
    .join(' ');
}

const mapped = ({ from, segments }: Shape, move: (point: Point) => Point): Shape => ({
  from: move(from),
  segments: segments.map((segment) =>
    'by' in segment
      ? { to: move(segment.to), by: [move(segment.by[0]), move(segment.by[1])] }
      : { to: move(segment.to) },
  ),
});

/** How far the handles of a quarter circle reach. */
const ROUND = 0.5523;

export function dot(radius: number, out: number): Shape {
  const handle = radius * ROUND;
  const up = -out;
  return {
    from: [0, up - radius],
    segments: [
      {
        by: [
          [handle, up - radius],
          [radius, up - handle],
        ],
        to: [radius, up],
      },
      {
        by: [
          [radius, up + handle],
          [handle, up + radius],
        ],
        to: [0, up + radius],
      },
      {
        by: [
          [-handle, up + radius],
          [-radius, up + handle],
        ],
        to: [-radius, up],
      },
      {
        by: [
          [-radius, up - handle],
          [-handle, up - radius],
        ],
        to: [0, up - radius],
      },
    ],
  };
}

/** A drop with its point inwards, from `inner` to `outer`, so wide on each side. */
export function drop(inner: number, outer: number, half: number): Shape {
  const belly = outer - half;
  const handle = half * ROUND;
  const neck = inner + (belly - inner) * 0.45;
  return {
    from: [0, -inner],
    segments: [
      {
        by: [
          [half * 0.12, -neck],
          [half, -(belly - (belly - inner) * 0.3)],
        ],
        to: [half, -belly],
      },
      {
        by: [
          [half, -(belly + handle)],
          [handle, -outer],
        ],
        to: [0, -outer],
      },
      {
        by: [
          [-handle, -outer],
          [-half, -(belly + handle)],
        ],
        to: [-half, -belly],
      },
      {
        by: [
          [-half, -(belly - (belly - inner) * 0.3)],
          [-half * 0.12, -neck],
        ],
        to: [0, -inner],
      },
    ],
  };
}

/** A leaf with points at both ends. */
export function leaf(inner: number, outer: number, half: number): Shape {
  const third = (outer - inner) / 3;
  return {
    from: [0, -inner],
    segments: [
      {
        by: [
          [half * 1.33, -(inner + third)],
          [half * 1.33, -(outer - third)],
        ],
        to: [0, -outer],
      },
      {
        by: [
          [-half * 1.33, -(outer - third)],
          [-half * 1.33, -(inner + third)],
        ],
        to: [0, -inner],
      },
    ],
  };
}

/** The right half of a leaf, cut a little beside its vein: the moon-shaped cut that scissors make. */
export function moon(inner: number, outer: number, half: number, vein: number): Shape {
  const third = (outer - inner) / 3;
  return {
    from: [vein, -inner],
    segments: [
      {
        by: [
          [half * 1.33, -(inner + third * 0.8)],
          [half * 1.33, -(outer - third)],
        ],
        to: [vein, -outer],
      },
      {
        by: [
          [vein + half * 0.18, -(outer - third)],
          [vein + half * 0.18, -(inner + third)],
        ],
        to: [vein, -inner],
      },
    ],
  };
}

/** A tooth of the saw that edges every paper-cut: its point outwards. */
export function tooth(inner: number, outer: number, half: number): Shape {
  return { from: [-half, -inner], segments: [{ to: [0, -outer] }, { to: [half, -inner] }] };
}

/** A cloud's head (如意): two curls that meet in a point below. */
export function cloud(inner: number, outer: number, half: number): Shape {
  const height = outer - inner;
  return {
    from: [0, -inner],
    segments: [
      {
        by: [
          [half * 0.5, -(inner + height * 0.1)],
          [half, -(inner + height * 0.2)],
        ],
        to: [half, -(inner + height * 0.6)],
      },
      {
        by: [
          [half, -outer],
          [half * 0.25, -outer],
        ],
        to: [0, -(inner + height * 0.68)],
      },
      {
        by: [
          [-half * 0.25, -outer],
          [-half, -outer],
        ],
        to: [-half, -(inner + height * 0.6)],
      },
      {
        by: [
          [-half, -(inner + height * 0.2)],
          [-half * 0.5, -(inner + height * 0.1)],
        ],
        to: [0, -inner],
      },
    ],
  };
}

/** The paper's edge: so many lobes, from the valleys at `low` to the tops at `high`; `point` sharpens the tops. */
export function rim(lobes: number, low: number, high: number, point = false): Shape {
  const at = (radius: number, degrees: number): Point => {
    const angle = (degrees * Math.PI) / 180;
    return [radius * Math.sin(angle), -radius * Math.cos(angle)];
  };
  const step = 360 / lobes;
  const segments = Array.from({ length: lobes }, (_, n): Segment[] => {
    const begin = n * step;
    if (point) {
      const top = at(high, begin + step / 2);
      const near = low + (high - low) * 0.25;
      return [
        { by: [at(near, begin + step * 0.08), at(low + (high - low) * 0.55, begin + step * 0.36)], to: top },
        {
          by: [at(low + (high - low) * 0.55, begin + step * 0.64), at(near, begin + step * 0.92)],
          to: at(low, begin + step),
        },
      ];
    }
    const reach = low + (high - low) * 1.34;
    return [
      { by: [at(reach, begin + step * 0.12), at(reach, begin + step * 0.88)], to: at(low, begin + step) },
    ];
  }).flat();
  return { from: at(low, 0), segments };
}
