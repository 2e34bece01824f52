import { expect, test } from 'vitest';
import { type Chart, COLOURS, drawChart, GROUNDS } from './chart.ts';

const chart = (points: readonly (readonly [number, number])[], scale: 'linear' | 'log' = 'log'): Chart => ({
  title: 'Sweep: time by homes <all>',
  x: { label: 'homes', scale },
  y: { label: 'seconds', scale },
  series: [
    { name: 'swept', points },
    { name: 'swept again', points },
    { name: 'target', isTarget: true, points },
  ],
});
const textsOf = (svg: string) =>
  [...svg.matchAll(/<text x="([-\d.]+)" y="([-\d.]+)"[^>]*>([^<]*)</g)].map(([, x, y, text]) => ({
    x: Number(x),
    y: Number(y),
    text,
  }));

test('an axis of few decades ends at round numbers around what was measured', () => {
  const texts = textsOf(
    drawChart(
      chart([
        [50, 0.3],
        [2_000, 4],
      ]),
    ),
  );
  const bottom = Math.max(...texts.filter(({ text }) => text === '50').map(({ y }) => y));
  expect(texts.filter(({ y }) => y === bottom).map(({ text }) => text)).toEqual([
    '50',
    '100',
    '200',
    '500',
    '1,000',
    '2,000',
  ]);
});

test('an axis of many decades has a mark at each and none beyond', () => {
  const texts = textsOf(
    drawChart(
      chart([
        [10, 0.05],
        [100_000, 30],
      ]),
    ),
  );
  const bottom = Math.max(...texts.filter(({ text }) => text === '100K').map(({ y }) => y));
  expect(texts.filter(({ y }) => y === bottom).map(({ text }) => text)).toEqual([
    '10',
    '100',
    '1,000',
    '10K',
    '100K',
  ]);
});

test('names of lines that end in one place stand below one another', () => {
  const svg = drawChart(
    chart([
      [1, 1],
      [10, 10],
    ]),
  );
  const places = textsOf(svg)
    .filter(({ text = '' }) => /swept|target/.test(text))
    .map(({ y }) => y);
  const sorted = places.toSorted((one, other) => one - other);
  for (const [nth, place] of sorted.entries())
    if (nth > 0) expect(place - (sorted[nth - 1] ?? 0)).toBeGreaterThanOrEqual(12);
});

test('one point, or nothing but zeros, is drawn with every place a number', () => {
  for (const svg of [drawChart(chart([[500, 3]])), drawChart(chart([[0, 0]], 'linear'))])
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test('lines stand out from the light ground and from the dark one', () => {
  for (const inks of COLOURS)
    for (const [nth, ground] of GROUNDS.entries())
      expect(contrast(inks[nth] ?? '', ground)).toBeGreaterThanOrEqual(4.5);
});

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}
