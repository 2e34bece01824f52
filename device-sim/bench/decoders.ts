import { DECODERS, type DecodedFormat } from '#bridge/decoders/registry.ts';
import { VECTORS } from '#bridge/decoders/testing/vectors/all.ts';
import { frameOf } from '#bridge/decoders/testing/vectors.ts';
import type { Bench } from './bench.ts';
import { medianOf } from './median.ts';

const ROUNDS = 9;
const FRAMES_A_ROUND = 200_000;

type Row = { format: DecodedFormat; bytes: number; framesPerSecond: number; jsonPerSecond: number };
type Result = { rows: Row[] };

function measure(format: DecodedFormat, framesARound: number): Row {
  const vector = VECTORS[format].find(({ says }) => says.contact);
  if (!vector) throw new Error(`no vector of ${format} has a contact`);
  const frame = frameOf(vector);
  const text = jsonOf(frame.bytes.length);
  const decoded: number[] = [];
  const parsed: number[] = [];
  // The first round warms up and does not count.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const frames = perSecond(framesARound, () => DECODERS[format].decode(frame));
    const texts = perSecond(framesARound, () => JSON.parse(text));
    if (round === 0) continue;
    decoded.push(frames);
    parsed.push(texts);
  }
  return {
    format,
    bytes: frame.bytes.length,
    framesPerSecond: medianOf(decoded),
    jsonPerSecond: medianOf(parsed),
  };
}

/** A text of so many bytes: an object where one fits, else a number. */
const jsonOf = (length: number): string =>
  length < 7 ? '1'.repeat(length) : `{"c":${'1'.repeat(length - 6)}}`;

/** What was read last is kept, so that no compiler spares itself the making of it. */
const kept: { last: unknown } = { last: undefined };

function perSecond(times: number, work: () => unknown): number {
  const from = performance.now();
  for (let count = 0; count < times; count += 1) kept.last = work();
  return times / ((performance.now() - from) / 1_000);
}

/** Nanoseconds by the length of the frame, of formats of one length their mean. */
function nanosecondsByLength(rows: readonly Row[], rateOf: (row: Row) => number) {
  const lengths = [...new Set(rows.map(({ bytes }) => bytes))].sort((one, other) => one - other);
  return lengths.map((bytes) => {
    const own = rows.filter((row) => row.bytes === bytes);
    return [bytes, own.reduce((sum, row) => sum + 1e9 / rateOf(row), 0) / own.length] as const;
  });
}

const millions = (rate: number) => (rate / 1e6).toFixed(1);

/**
 * How many frames a second each decoder reads on one core, and how many equally long texts `JSON.parse` reads in the same
 * run. Rounds of both alternate; medians.
 */
export const bench: Bench<Result> = {
  title: 'Device decoders',
  seconds: 15,
  run: async ({ quick }) => ({
    rows: (Object.keys(DECODERS) as DecodedFormat[]).map((format) =>
      measure(format, quick ? FRAMES_A_ROUND / 20 : FRAMES_A_ROUND),
    ),
  }),
  toMarkdown: ({ rows }) =>
    [
      '| format | bytes | frames million/s | JSON.parse million/s | ratio |',
      '|---|--:|--:|--:|--:|',
      ...rows.map(
        ({ format, bytes, framesPerSecond, jsonPerSecond }) =>
          `| ${format} | ${bytes} | ${millions(framesPerSecond)} | ${millions(jsonPerSecond)} | ${(framesPerSecond / jsonPerSecond).toFixed(1)} |`,
      ),
    ].join('\n'),
  toCurves: ({ rows }) => ({
    title: 'Device decoders: time of a frame by its length',
    x: { label: 'bytes of the frame, or of the text', scale: 'linear' },
    y: { label: 'nanoseconds, formats of one length together', scale: 'linear' },
    series: [
      { name: 'decoders', points: nanosecondsByLength(rows, ({ framesPerSecond }) => framesPerSecond) },
      { name: 'JSON.parse', points: nanosecondsByLength(rows, ({ jsonPerSecond }) => jsonPerSecond) },
    ],
  }),
};
