import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createSelfSigned } from '#services/broker/testing/self-signed.ts';
import { machine, order, versions, withBed } from './bed.ts';

/** What a connected sensor that says nothing costs the broker's process, in bytes. */
export type Cost = {
  clients: number;
  /** The kernel's socket buffers apart. */
  inUse: number;
  /** Of it by JavaScript; the rest is libuv's and OpenSSL's. */
  heap: number;
};
export type IdleBenchResult = {
  machine: string;
  versions: Record<string, string>;
  plain: Cost;
  tls: Cost;
};

/** Runs the bench: the clients are in a process of their own. */
export async function run(options: { plain?: number; tls?: number } = {}): Promise<IdleBenchResult> {
  const { plain = 2_000, tls = 1_000 } = options;
  const folder = await mkdtemp(join(tmpdir(), 'curtain-pact-idle-'));
  try {
    const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
    const { cert, key } = createSelfSigned();
    await writeFile(files.certFile, cert);
    await writeFile(files.keyFile, key);
    return await withBed({ sensors: Math.max(plain, tls), tls: files }, async (bed) => {
      const { generator, secrets } = bed;
      const addresses = bed.broker.addresses();
      const cost = async (clients: number, port: number, isTls: boolean): Promise<Cost> => {
        // From the first half to all: what connections of a kind need once is not theirs (code, caches, pools).
        const half = clients / 2;
        const load = { kind: 'connect' as const, port, clients: half, secrets, tls: isTls };
        await order(generator, load);
        const before = await settle();
        await order(generator, { ...load, first: half });
        const after = await settle();
        await order(generator, { kind: 'disconnect' });
        await drained(bed.broker.status);
        return {
          clients,
          inUse: (inUse(after) - inUse(before)) / half,
          heap: (after.heapUsed - before.heapUsed) / half,
        };
      };
      return {
        machine: machine(),
        versions: await versions(bed.pool),
        plain: await cost(plain, addresses.tcp?.port ?? 0, false),
        tls: await cost(tls, addresses.tls?.port ?? 0, true),
      };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function drained(status: () => { connections: number }): Promise<void> {
  while (status().connections > 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Memory after everything that nobody holds is gone; what is freed in steps takes a few rounds. */
async function settle(): Promise<NodeJS.MemoryUsage> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 5; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    collect();
  }
  return process.memoryUsage();
}

/** Resident memory without the pages that the JavaScript heap holds in reserve. */
const inUse = ({ rss, heapTotal, heapUsed }: NodeJS.MemoryUsage): number => rss - heapTotal + heapUsed;

/** The result as a Markdown table. */
export function toMarkdown(result: IdleBenchResult): string {
  const kilobytes = (bytes: number) => (bytes / 1_000).toFixed(1);
  const row = (name: string, { clients, inUse, heap }: Cost) =>
    `| ${name} | ${clients.toLocaleString('en')} | ${kilobytes(inUse)} | ${kilobytes(heap)} |`;
  return [
    `${result.machine}; ${Object.entries(result.versions)
      .map((entry) => entry.join(' '))
      .join(', ')}`,
    '',
    '| idle sensors | connections | KB each | of it JavaScript KB |',
    '|---|--:|--:|--:|',
    row('plain TCP', result.plain),
    row('TLS', result.tls),
  ].join('\n');
}

if (import.meta.main) {
  const result = await run();
  console.log(process.argv.includes('--json') ? JSON.stringify(result, null, 2) : toMarkdown(result));
}
