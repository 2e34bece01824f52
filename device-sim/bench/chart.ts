/** How something grows: a line for each thing that is compared, over what it grows with. */
export type Chart = {
  title: string;
  x: Axis;
  y: Axis;
  series: readonly Series[];
};
/** `label` names the unit. Axes end at round numbers; logarithmic ones need all values above zero. */
export type Axis = { label: string; scale: 'linear' | 'log' };
export type Series = {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
  /** What was promised: dashed, without marks. */
  isTarget?: boolean;
};

const SIZE = { width: 720, height: 400 };
const PLOT = { left: 78, right: 540, top: 52, bottom: 340 };
const NAME_EVERY = 17;
const MOST_TICKS = 8;
/** Told apart by people who see no red or green too (after Okabe and Ito), each on light and on dark ground. */
export const COLOURS = [
  ['#0072b2', '#56b4e9'],
  ['#c95100', '#f0883e'],
  ['#00835f', '#2dc78f'],
  ['#a9447f', '#e79ac6'],
  ['#7a6000', '#e6c229'],
] as const;
export const GROUNDS = ['#ffffff', '#0d1117'] as const;
const coloursOn = (ground: 0 | 1): string =>
  [`--ground: ${GROUNDS[ground]};`, ...COLOURS.map((inks, nth) => `--ink-${nth}: ${inks[ground]};`)].join(
    ' ',
  );
const STYLE = `
  svg { ${coloursOn(0)} --ink: #24292f; --faint: #d8dee4; }
  @media (prefers-color-scheme: dark) { svg { ${coloursOn(1)} --ink: #e6edf3; --faint: #30363d; } }
  text { font: 12px system-ui, sans-serif; fill: var(--ink); }
  .title { font-size: 15px; font-weight: 600; }
  .grid { stroke: var(--faint); }
  .line { fill: none; stroke-width: 2; }
  .target { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 6 4; }
  .leader { stroke-dasharray: 1 3; opacity: 0.7; }`;

type Scale = { at: (value: number) => number; ticks: readonly number[] };

/** The chart as an SVG that takes the light or dark of the page around it. */
export function drawChart({ title, x, y, series }: Chart): string {
  const points = series.flatMap((one) => one.points);
  const across = scaleOf(
    x,
    points.map(([value]) => value),
    [PLOT.left, PLOT.right],
  );
  const up = scaleOf(
    y,
    points.map(([, value]) => value),
    [PLOT.bottom, PLOT.top],
  );
  const place = ([px, py]: readonly [number, number]): [number, number] => [across.at(px), up.at(py)];
  const ends = series.map(({ points: own }) => up.at(own.at(-1)?.[1] ?? 0));
  const names = spread(ends);
  let colour = -1;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}\n</style>`,
    `<rect width="${SIZE.width}" height="${SIZE.height}" rx="6" fill="var(--ground)"/>`,
    text(PLOT.left - 58, 28, title, 'class="title"'),
    ...up.ticks.flatMap((tick) => [
      rule(PLOT.left, up.at(tick), PLOT.right, up.at(tick)),
      text(PLOT.left - 8, up.at(tick) + 4, short(tick), 'text-anchor="end"'),
    ]),
    ...across.ticks.flatMap((tick) => [
      rule(across.at(tick), PLOT.bottom, across.at(tick), PLOT.bottom + 5),
      text(across.at(tick), PLOT.bottom + 20, short(tick), 'text-anchor="middle"'),
    ]),
    text((PLOT.left + PLOT.right) / 2, SIZE.height - 14, x.label, 'text-anchor="middle"'),
    text(
      0,
      0,
      y.label,
      `text-anchor="middle" transform="translate(20 ${(PLOT.top + PLOT.bottom) / 2}) rotate(-90)"`,
    ),
    ...series.flatMap(({ name, points: own, isTarget }, index) => {
      if (!isTarget) colour += 1;
      const ink = isTarget ? 'var(--ink)' : `var(--ink-${colour % COLOURS.length})`;
      const path = own.map((point) => place(point).map(round).join(',')).join(' ');
      const at = names[index] ?? 0;
      const [endX, endY] = place(own.at(-1) ?? [0, 0]).map(round);
      const named = [
        `<polyline class="line leader" stroke="${ink}" points="${endX},${endY} ${PLOT.right + 4},${endY} ${PLOT.right + 14},${round(at)}"/>`,
        text(PLOT.right + 18, at + 4, name, ''),
      ];
      if (isTarget) return [`<polyline class="line target" points="${path}"/>`, ...named];
      const dots = own.map((point) => {
        const [cx, cy] = place(point).map(round);
        return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${ink}"/>`;
      });
      return [`<polyline class="line" stroke="${ink}" points="${path}"/>`, ...dots, ...named];
    }),
    '</svg>\n',
  ].join('\n');
}

function scaleOf({ scale, label }: Axis, values: readonly number[], [from, to]: [number, number]): Scale {
  const most = Math.max(...values);
  if (scale === 'linear') {
    // Where nothing at all was measured, an axis to one.
    const step = roundStep((most || 1) / 5);
    const top = step * Math.ceil((most || 1) / step);
    const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
    return { at: (value) => from + ((to - from) * value) / top, ticks };
  }
  const least = Math.min(...values);
  if (least <= 0) throw new Error(`${label}: a logarithmic axis has no place for ${least}`);
  const ticks = logTicks(least, most);
  const [low = 1, high = 10] = [ticks[0], ticks.at(-1)];
  const decades = Math.log10(high / low);
  return { at: (value) => from + ((to - from) * Math.log10(value / low)) / decades, ticks };
}

/** From below the least to above the most: 1, 2 and 5 of every power of ten, or the powers alone where those are many. */
function logTicks(least: number, most: number): number[] {
  const first = Math.floor(Math.log10(least));
  const powers = Array.from(
    { length: Math.floor(Math.log10(most)) - first + 2 },
    (_, nth) => 10 ** (first + nth),
  );
  const fine = powers.flatMap((power) => [1, 2, 5].map((times) => times * power));
  const from = fine.findLastIndex((tick) => tick <= least);
  const to = Math.max(
    fine.findIndex((tick) => tick >= most),
    from + 1,
  );
  if (to - from < MOST_TICKS) return fine.slice(from, to + 1);
  return powers.slice(0, powers.findIndex((power) => power >= most) + 1);
}

/** The next of 1, 2 or 5 times a power of ten. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * (([1, 2, 5].find((times) => times * power >= least) ?? 10) as number);
}

/** Names at the ends of their lines, moved apart where they would cover one another. */
function spread(ends: readonly number[]): number[] {
  const places = [...ends];
  const order = ends.map((_, index) => index).sort((a, b) => (ends[a] ?? 0) - (ends[b] ?? 0));
  for (const [nth, index] of order.entries()) {
    const above = order[nth - 1];
    if (above !== undefined) places[index] = Math.max(places[index] ?? 0, (places[above] ?? 0) + NAME_EVERY);
  }
  const below = Math.max(0, Math.max(...places) - PLOT.bottom);
  return places.map((place) => place - below);
}

const round = (value: number) => Math.round(value * 10) / 10;
const short = (value: number): string =>
  new Intl.NumberFormat('en', {
    notation: value >= 10_000 ? 'compact' : 'standard',
    maximumFractionDigits: 4,
  }).format(value);
const rule = (x1: number, y1: number, x2: number, y2: number) =>
  `<line class="grid" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
const text = (x: number, y: number, content: string, attributes: string) =>
  `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(content)}</text>`;
const escaped = (content: string) =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
