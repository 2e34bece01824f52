import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { createSelfSigned } from '#services/broker/testing/self-signed.ts';
import { type Bed, order, withBed } from './bed.ts';
import type { Bench, BenchOptions } from './bench.ts';
import { startMosquitto } from './mosquitto.ts';
import { allowOpenFiles } from './open-files.ts';
import { readMemory } from './process-memory.ts';
import { undoing } from './undo.ts';

/** The first connections pay for what all share: code, caches, pools. */
const FIRST = 1_000;
const SIZES = {
  full: { plain: [5_000, 15_000], tls: [5_000, 15_000] },
  quick: { plain: [2_000, 4_000], tls: [1_500, 2_000] },
};
const TARGETS = { plain: 12_000, tls: 60_000 };

const KINDS = ['plain', 'tls', 'mosquitto'] as const;
type Kind = (typeof KINDS)[number];
/** What each connected sensor after the first thousand costs the broker's process, in bytes. */
type Cost = {
  kind: Kind;
  clients: number;
  /** The kernel's socket buffers apart. */
  inUse: number;
  /** Of it by JavaScript; the rest is libuv's and OpenSSL's. */
  heap: number;
};
type Result = { costs: Cost[] };

async function run({ quick, say }: BenchOptions): Promise<Result> {
  const sizes = SIZES[quick ? 'quick' : 'full'];
  const most = Math.max(...sizes.plain);
  allowOpenFiles(most + 1_000);
  return undoing(async (undo) => {
    const folder = await mkdtemp(join(tmpdir(), 'curtain-pact-idle-'));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
    const { cert, key } = createSelfSigned();
    await writeFile(files.certFile, cert);
    await writeFile(files.keyFile, key);
    return withBed({ sensors: most, tls: files }, async (bed) => {
      const { tcp, tls } = bed.broker.addresses();
      const grow = async (kind: Kind, port: number, counts: readonly number[], look: () => Promise<Held>) => {
        const costs: Cost[] = [];
        const connect = (first: number, clients: number) =>
          order(bed.generator, {
            ...{ kind: 'connect', first, clients },
            port,
            secrets: bed.secrets,
            tls: kind === 'tls',
          });
        await connect(0, FIRST);
        const before = await look();
        let connected = FIRST;
        for (const clients of counts) {
          await connect(connected, clients - connected);
          connected = clients;
          const after = await look();
          const each = (name: keyof Held) => (after[name] - before[name]) / (clients - FIRST);
          costs.push({ kind, clients, inUse: each('inUse'), heap: each('heap') });
          say(`${kind}, ${clients}: ${(each('inUse') / 1_000).toFixed(1)} KB each`);
        }
        await order(bed.generator, { kind: 'disconnect' });
        await drained(bed);
        return costs;
      };
      const mosquitto = await startMosquitto(folder, undo);
      return {
        costs: [
          ...(await grow('plain', tcp?.port ?? 0, sizes.plain, heldByUs)),
          ...(await grow('tls', tls?.port ?? 0, sizes.tls, heldByUs)),
          ...(mosquitto
            ? await grow('mosquitto', mosquitto.port, sizes.plain, async () => {
                const { resident } = await readMemory(mosquitto.pid);
                return { inUse: resident, heap: 0 };
              })
            : []),
        ],
      };
    });
  });
}

async function drained({ broker }: Bed): Promise<void> {
  while (broker.status().connections > 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

type Held = { inUse: number; heap: number };

/**
 * What is held once nothing happens any more. For eight seconds V8 keeps the pages that it has emptied, here up to a
 * half of all, in case that it soon needs them again; a collection as before memory ends gives them back at once.
 */
async function heldByUs(): Promise<Held> {
  const collect = runInNewContext('gc') as (how: object) => void;
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { inUse: rss, heap: heapUsed };
}

const NAMES: Record<Kind, string> = { plain: 'plain TCP', tls: 'TLS', mosquitto: 'Mosquitto, plain TCP' };
const kilobytes = (bytes: number) => (bytes / 1_000).toFixed(1);

/** Megabytes of all connections after the first thousand. */
const growthOf = (costs: readonly Cost[], kind: Kind, each: (cost: Cost) => number) => [
  [0, 0] as const,
  ...costs
    .filter((cost) => cost.kind === kind)
    .map((cost) => [cost.clients - FIRST, ((cost.clients - FIRST) * each(cost)) / 1e6] as const),
];

/** Sensors that are connected and silent; clients in a process of their own, on loopback. */
export const bench: Bench<Result> = {
  title: 'Idle sensors',
  seconds: 110,
  run,
  toMarkdown: ({ costs }) =>
    [
      '| idle sensors | connections | KB each | of it JavaScript KB |',
      '|---|--:|--:|--:|',
      ...costs.map(
        ({ kind, clients, inUse, heap }) =>
          `| ${NAMES[kind]} | ${clients.toLocaleString('en')} | ${kilobytes(inUse)} | ${kind === 'mosquitto' ? '–' : kilobytes(heap)} |`,
      ),
    ].join('\n'),
  toCurves: ({ costs }) => ({
    title: 'Idle sensors: memory of all by connections',
    x: { label: 'connections after the first thousand', scale: 'linear' },
    y: { label: 'MB in the broker’s process', scale: 'linear' },
    series: [
      ...KINDS.flatMap((kind) => {
        const points = growthOf(costs, kind, ({ inUse }) => inUse);
        return points.length > 1 ? [{ name: NAMES[kind], points }] : [];
      }),
      ...(['plain', 'tls'] as const).map((kind) => ({
        name: `target, ${NAMES[kind]}`,
        isTarget: true,
        points: growthOf(costs, kind, () => TARGETS[kind]),
      })),
    ],
  }),
  targets: ({ costs }) =>
    costs.flatMap(({ kind, clients, inUse }) =>
      kind === 'mosquitto'
        ? []
        : {
            what: `${NAMES[kind]}, ${clients.toLocaleString('en')} connections, each`,
            target: `≤ ${kilobytes(TARGETS[kind])} KB`,
            measured: `${kilobytes(inUse)} KB`,
            met: inUse <= TARGETS[kind],
          },
    ),
};
