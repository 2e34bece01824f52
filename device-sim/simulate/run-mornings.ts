import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FaultKind } from './faults.ts';
import type { DaysResult } from './run-days.ts';

/** A seed's result as a worker tells it. */
export type SeedResult = Omit<DaysResult, 'decisions'> & { decisions: FaultKind[] };

export type Summary = {
  seeds: number;
  mornings: number;
  homes: number;
  steps: number;
  statements: number;
  faults: Partial<Record<FaultKind, number>>;
  failed: SeedResult[];
};

/**
 * Runs seeds, from `firstSeed` on, until so many mornings have passed, one worker process for each database.
 * A seed's days are as many mornings of a community.
 * @param databaseUrls migrated and empty, one a worker
 */
export async function runMornings(options: {
  databaseUrls: readonly string[];
  firstSeed: number;
  mornings: number;
  onSeed?: (result: SeedResult) => void;
  /** Ends at the first violation, and looks for no shorter history of it. */
  stopsAtFirst?: boolean;
  /**
   * Cores by number, one a worker: it takes turns with its server's processes, and to wake one that sleeps on another core
   * costs more than what most statements do.
   */
  cores?: readonly number[];
  /** The worker of another tree, whose code is run then. */
  worker?: string;
}): Promise<Summary> {
  const summary: Summary = {
    seeds: 0,
    mornings: 0,
    homes: 0,
    steps: 0,
    statements: 0,
    faults: {},
    failed: [],
  };
  let nextSeed = options.firstSeed;
  const take = (result: SeedResult) => {
    summary.seeds += 1;
    summary.mornings += result.mornings;
    summary.homes += result.homes * result.mornings;
    summary.steps += result.steps;
    summary.statements += result.statements;
    for (const kind of result.decisions) summary.faults[kind] = (summary.faults[kind] ?? 0) + 1;
    if (result.violations.length > 0) summary.failed.push(result);
    options.onSeed?.(result);
  };
  await Promise.all(
    options.databaseUrls.map(async (url, index) => {
      const core = options.cores?.[index];
      const worker = await startWorker(url, !options.stopsAtFirst, { worker: options.worker, core });
      try {
        while (summary.mornings < options.mornings && !(options.stopsAtFirst && summary.failed.length > 0)) {
          const seed = nextSeed;
          nextSeed += 1;
          take(await worker.run(seed));
        }
      } finally {
        worker.stop();
      }
    }),
  );
  return summary;
}

const OWN_WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

type Told = (SeedResult & { crashed?: string }) | { seed: number; crashed: string } | { ready: true };

type WorkerOptions = { worker?: string | undefined; core?: number | undefined };

async function startWorker(
  databaseUrl: string,
  shrinks: boolean,
  { worker = OWN_WORKER, core }: WorkerOptions,
) {
  const place = core === undefined ? [] : [String(core)];
  const child = fork(worker, [databaseUrl, shrinks ? 'shrink' : 'once', ...place], {
    // Nearly all that a statement allocates is forgotten by the next one; helpers of the collector would only take the core's turns.
    execArgv: [...process.execArgv, '--max-semi-space-size=32', '--single-threaded-gc'],
  });
  const hear = () =>
    new Promise<Told>((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`a worker ended with ${code}`));
      child.once('exit', ended);
      child.once('message', (told) => {
        child.off('exit', ended);
        resolve(told as Told);
      });
    });
  await hear();
  return {
    async run(seed: number): Promise<SeedResult> {
      child.send(seed);
      const told = await hear();
      if ('ready' in told) throw new Error('a worker started twice');
      if (told.crashed !== undefined) throw new Error(`seed ${seed}: ${told.crashed}`);
      return told as SeedResult;
    },
    stop: () => child.disconnect(),
  };
}
