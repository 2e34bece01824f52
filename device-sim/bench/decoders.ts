import { DECODERS, type DecodedFormat } from '#bridge/decoders/registry.ts';
import { VECTORS } from '#bridge/decoders/testing/vectors/all.ts';
import { frameOf } from '#bridge/decoders/testing/vectors.ts';
import { machine } from './bed.ts';

const ROUNDS = 9;
const FRAMES_A_ROUND = 200_000;

type Row = { format: DecodedFormat; bytes: number; framesPerSecond: number; jsonPerSecond: number };
export type DecodersResult = { machine: string; node: string; rows: Row[] };

/**
 * How many frames a second each decoder reads on one core, and how many equally long texts `JSON.parse` reads in the same
 * run. Rounds of both alternate; medians.
 */
export async function run(): Promise<DecodersResult> {
  const rows = (Object.keys(DECODERS) as DecodedFormat[]).map(measure);
  return { machine: machine(), node: process.versions.node, rows };
}

function measure(format: DecodedFormat): Row {
  const vector = VECTORS[format].find(({ says }) => says.contact);
  if (!vector) throw new Error(`no vector of ${format} has a contact`);
  const frame = frameOf(vector);
  const text = jsonOf(frame.bytes.length);
  const decoded: number[] = [];
  const parsed: number[] = [];
  // The first round warms up and does not count.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const frames = perSecond(() => DECODERS[format].decode(frame));
    const texts = perSecond(() => JSON.parse(text));
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

function perSecond(work: () => unknown): number {
  const from = performance.now();
  for (let count = 0; count < FRAMES_A_ROUND; count += 1) kept.last = work();
  return FRAMES_A_ROUND / ((performance.now() - from) / 1_000);
}

const medianOf = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

export function toMarkdown({ machine: name, node, rows }: DecodersResult): string {
  const millions = (rate: number) => (rate / 1e6).toFixed(1);
  return [
    `${name}; node ${node}.`,
    '',
    '| format | bytes | frames million/s | JSON.parse million/s | ratio |',
    '|---|--:|--:|--:|--:|',
    ...rows.map(
      ({ format, bytes, framesPerSecond, jsonPerSecond }) =>
        `| ${format} | ${bytes} | ${millions(framesPerSecond)} | ${millions(jsonPerSecond)} | ${(framesPerSecond / jsonPerSecond).toFixed(1)} |`,
    ),
  ].join('\n');
}
