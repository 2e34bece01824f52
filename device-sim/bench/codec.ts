import { type CodecRunner, createCodecRunner } from '#bridge/codec/create-codec-runner.ts';
import type { Mapping } from '#contracts/bridge/mapping.ts';
import type { Bench, BenchOptions } from './bench.ts';

type Result = {
  /** From the first frame handed over to its answer, the thread's start included. */
  firstMs: number;
  good: { name: string; bytes: number; perSecond: number; p50Ms: number; p99Ms: number }[];
  /** From handing over to the refusal, and from there to the answer of a good codec that waited behind it. */
  hostile: { name: string; refusals: string; p50Ms: number; maxMs: number; nextMaxMs: number }[];
};

const FRAME = {
  bytes: Uint8Array.of(1, 0x75, 92, 3, 0, 1, 4, 0, 0),
  fPort: 85,
  receivedAt: Date.UTC(2026, 10, 24),
};
const DOOR: Mapping = { contact: { path: '/door', open: ['open'], closed: ['closed'] } };

/** As makers write them: channel, type, value. */
const DECODER = `
function decodeUplink(input) {
  var bytes = input.bytes, data = {}, errors = [];
  for (var i = 0; i < bytes.length; ) {
    var channel = bytes[i++], type = bytes[i++];
    if (channel === 0x01 && type === 0x75) data.battery = bytes[i++];
    else if (channel === 0x03 && type === 0x00) data.door = bytes[i++] === 0 ? 'closed' : 'open';
    else if (channel === 0x04 && type === 0x00) data.install = bytes[i++] === 0;
    else { errors.push('unknown channel ' + channel); break; }
  }
  return errors.length > 0 ? { errors: errors } : { data: data };
}`;
const unused = (n: number) =>
  `function unused${n}(a, b) { return (a << 8 | b) / ${n} + [a, b].map(String).join(','); }\n`;
/** The maker's decoder below so many characters of what it never calls. */
const swollenTo = (length: number) =>
  `${Array.from({ length: Math.ceil(length / 80) }, (_, n) => unused(n))
    .join('')
    .slice(0, length)
    .replace(/\n[^\n]*$/, '\n')}${DECODER}`;
const LARGEST = 64_000;
const GOOD: [name: string, code: string][] = [
  ['an answer and nothing else', "decodeUplink = () => ({ data: { door: 'open' } })"],
  ['a maker’s decoder', DECODER],
  ['the same in 8 KB of code', swollenTo(8_000)],
  ['the same in 24 KB of code', swollenTo(24_000)],
  ['the largest that is taken', swollenTo(LARGEST)],
];

const HOSTILE: Record<string, string> = {
  'endless loop': 'for (;;) {}',
  'catastrophic pattern': '/^(a+)+$/.test("a".repeat(40) + "b")',
  'engine function that hears nothing': 'const s = "a".repeat(4e6); for (;;) s.indexOf("b");',
  'arithmetic without end': 'let n = 3n; for (;;) n = n * n;',
  'memory bomb': 'const all = []; for (;;) all.push(new Array(1e4).fill(1));',
  'deep recursion': '(function f() { return f() + 1; })()',
  'nesting without end': 'let a = []; for (;;) a = [a];',
};

async function run({ quick }: BenchOptions): Promise<Result> {
  const { frames, rounds } = quick ? { frames: 100, rounds: 3 } : { frames: 1_000, rounds: 20 };
  const runner = createCodecRunner({ now: () => Date.now(), onStopped: () => undefined });
  try {
    const firstMs = (await timed(() => read(runner, DECODER))).ms;
    const good = [];
    for (const [name, code] of GOOD) {
      good.push({ name, bytes: code.length, ...(await throughput(runner, code, frames)) });
    }
    const hostile = [];
    for (const [name, code] of Object.entries(HOSTILE)) {
      hostile.push({ name, ...(await stopped(runner, code, rounds)) });
    }
    return { firstMs, good, hostile };
  } finally {
    await runner.stop();
  }
}

async function throughput(runner: CodecRunner, code: string, frames: number) {
  for (let round = 0; round < 50; round += 1) await read(runner, code);
  const times: number[] = [];
  const all = await timed(async () => {
    for (let frame = 0; frame < frames; frame += 1) times.push((await timed(() => read(runner, code))).ms);
  });
  times.sort((a, b) => a - b);
  return { perSecond: (frames / all.ms) * 1_000, p50Ms: at(times, 0.5), p99Ms: at(times, 0.99) };
}

async function stopped(runner: CodecRunner, code: string, rounds: number) {
  const times: number[] = [];
  const next: number[] = [];
  const refusals = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    const from = performance.now();
    const waits = read(
      runner,
      DECODER,
      runner.try(code, DOOR, FRAME).then((trial) => {
        times.push(performance.now() - from);
        refusals.add(trial.ok ? 'none' : trial.refusal);
      }),
    );
    await waits;
    next.push(performance.now() - from - times.at(-1)!);
  }
  times.sort((a, b) => a - b);
  return {
    refusals: [...refusals].sort().join(', '),
    ...{ p50Ms: at(times, 0.5), maxMs: at(times, 1), nextMaxMs: Math.max(...next) },
  };
}

/** @throws unless the good codec has read an open contact */
async function read(runner: CodecRunner, code: string, before?: Promise<void>): Promise<void> {
  const [trial] = await Promise.all([runner.try(code, DOOR, FRAME), before]);
  if (!trial.ok || trial.reading?.contact !== 'open') throw new Error(`not read: ${JSON.stringify(trial)}`);
}

async function timed(work: () => Promise<void>): Promise<{ ms: number }> {
  const from = performance.now();
  await work();
  return { ms: performance.now() - from };
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

function toMarkdown(result: Result): string {
  const ms = (value: number) => value.toFixed(value < 10 ? 1 : 0);
  return [
    `First answer after ${ms(result.firstMs)} ms, the thread’s start included.`,
    '',
    '| good codec | bytes of code | frames/s, one after the other | p50 ms | p99 ms |',
    '|---|--:|--:|--:|--:|',
    ...result.good.map(
      ({ name, bytes, perSecond, p50Ms, p99Ms }) =>
        `| ${name} | ${bytes.toLocaleString('en')} | ${Math.round(perSecond)} | ${ms(p50Ms)} | ${ms(p99Ms)} |`,
    ),
    '',
    '| hostile codec | refused as | p50 ms | max ms | a good one behind it, max ms more |',
    '|---|---|--:|--:|--:|',
    ...result.hostile.map(
      ({ name, refusals, p50Ms, maxMs, nextMaxMs }) =>
        `| ${name} | ${refusals} | ${ms(p50Ms)} | ${ms(maxMs)} | ${ms(nextMaxMs)} |`,
    ),
  ].join('\n');
}

/** Longer than that a hostile codec delays an opening that waits behind it. */
const MOST_STOP_MS = 250;

/**
 * Makers' JavaScript in a thread of its own, each frame in a fresh QuickJS; hostile ones from handing the frame over to
 * the refusal, with a good one waiting behind.
 */
export const bench: Bench<Result> = {
  title: 'Operators’ codecs',
  seconds: 60,
  run,
  toMarkdown,
  toCurves: ({ good }) => ({
    title: 'Operators’ codecs: time of a frame by length of the code',
    x: { label: 'bytes of code', scale: 'log' },
    y: { label: 'milliseconds from handing over to the answer', scale: 'linear' },
    series: [
      { name: 'p50', points: good.map(({ bytes, p50Ms }) => [bytes, p50Ms]) },
      { name: 'p99', points: good.map(({ bytes, p99Ms }) => [bytes, p99Ms]) },
    ],
  }),
  targets: ({ hostile }) => {
    const longest = Math.max(...hostile.map(({ maxMs }) => maxMs));
    return [
      {
        what: 'a hostile codec is stopped',
        target: `≤ ${MOST_STOP_MS} ms`,
        measured: `${longest.toFixed(0)} ms`,
        met: longest <= MOST_STOP_MS,
      },
    ];
  },
};
