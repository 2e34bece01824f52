import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { collectDefaultMetrics, type Registry } from 'prom-client';
import { createMeters, gauge } from './metrics.ts';

const PARTS = ['database', 'sweep', 'broker', 'bridge', 'rules', 'queue', 'audit'] as const;

/** What every process tells of itself on `/metrics`, beside what Node and the system say of it. */
export const PROCESS_METRICS = {
  build: gauge('pact_build_info', 'Always 1; its labels say what runs', {
    version: 'that of package.json',
    node: 'that of Node',
  }),
  parts: gauge('pact_part_up', '1 where a part of this process says on `/readyz` that it is well, else 0', {
    part: PARTS,
  }),
  diskFree: gauge('pact_data_disk_free_bytes', 'Bytes that are free where the data folder lies'),
  diskSize: gauge('pact_data_disk_size_bytes', 'Bytes of the disk where the data folder lies'),
};

type Check = () => Promise<{ ok: boolean }>;

export type ProcessMetricsOptions = {
  dataDir: string;
  /** The parts of this process that can say whether they are well. */
  checks: Readonly<Record<string, Check>>;
};

/** Wall milliseconds that a part has to say that it is well; the same as on `/readyz`. */
const PATIENCE_MS = 2_000;

/** Makes a process tell of itself. Nothing that fails here, or hangs, keeps a scrape from its answer. */
export function tellOfProcess(registry: Registry, { dataDir, checks }: ProcessMetricsOptions): void {
  collectDefaultMetrics({ register: registry });
  const meters = createMeters(registry, PROCESS_METRICS);
  meters.build.set(1, { version: versionOfPackage(), node: process.version });
  meters.parts.readBy(async () => {
    const names = PARTS.filter((part) => checks[part]);
    await Promise.all(
      names.map(async (part) => meters.parts.set(Number(await isWell(checks[part]!)), { part })),
    );
  });
  const disk = async () => statfs(dataDir).catch(() => undefined);
  meters.diskFree.readBy(async () => {
    const found = await disk();
    if (found) meters.diskFree.set(found.bavail * found.bsize);
    else meters.diskFree.forget();
  });
  meters.diskSize.readBy(async () => {
    const found = await disk();
    if (found) meters.diskSize.set(found.blocks * found.bsize);
    else meters.diskSize.forget();
  });
}

async function isWell(check: Check): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<{ ok: false }>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, { ok: false });
  });
  const answer = check().catch(() => ({ ok: false }));
  return (await Promise.race([answer, impatience]).finally(() => clearTimeout(timer))).ok;
}

const versionOfPackage = (): string =>
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
