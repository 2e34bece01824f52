import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { describeMachine, tellOrigin } from './bench/machine.ts';
import { runMutants } from './mutants/mutants-command.ts';
import { startOwnServer } from './simulate/own-server.ts';
import { findCores } from './simulate/pin-to-core.ts';
import { createProgress } from './simulate/progress.ts';
import { tellMarkdown, tellSeed, tellSummary } from './simulate/report.ts';
import { runMornings } from './simulate/run-mornings.ts';
import { writeBetween } from './write-between.ts';

const PAGE = new URL('../docs/reliability.md', import.meta.url);

/**
 * `npm run simulate -- [--mornings 200] [--seed N] [--workers N] [--json | --markdown]`: communities' days with
 * everything going wrong that a seed decides. A violation prints its seed; `--seed N` alone replays that one.
 * `--mutants [--only name,name] [--json | --markdown]` puts deliberate faults into our code and says which seed or test
 * notices each. `--write` puts the table of either into docs/reliability.md.
 */
const { values } = parseArgs({
  options: {
    mornings: { type: 'string' },
    seed: { type: 'string' },
    workers: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'boolean' },
    markdown: { type: 'boolean' },
    mutants: { type: 'boolean' },
    only: { type: 'string' },
    write: { type: 'boolean' },
  },
});
const mornings = Number(values.mornings ?? (values.seed === undefined ? 200 : 1));
const firstSeed = Number(values.seed ?? 1);
if (values.mutants) await hunt();
else await run();

async function run(): Promise<void> {
  const isReplay = mornings === 1;
  const workers = isReplay ? 1 : Number(values.workers);
  const server = await startServer(workers);
  try {
    const cores = await findCores();
    const begunAt = performance.now();
    const progress = createProgress(mornings, begunAt, process.stderr.isTTY);
    const summary = await runMornings({
      ...{ databaseUrls: server.databaseUrls, firstSeed, mornings },
      // More workers than cores are best left to the kernel.
      cores: workers > cores.length ? [] : cores,
      onSeed(result) {
        // What is asked for in another form goes to stdout alone; what was broken is told all the same.
        if (result.violations.length > 0) console.error(tellSeed(result));
        else if (isReplay && !values.json && !values.markdown) console.log(tellSeed(result));
        const line = progress.take(result, performance.now());
        if (line) console.error(line);
      },
    });
    const seconds = (performance.now() - begunAt) / 1_000;
    if (values.json) console.log(JSON.stringify({ ...summary, seconds }, null, 2));
    else console.log(values.markdown ? tellMarkdown(summary, seconds) : tellSummary(summary, seconds));
    await write('mornings', tellMarkdown(summary, seconds));
    process.exitCode = summary.failed.length > 0 ? 1 : 0;
  } finally {
    await server.stop();
  }
}

async function hunt(): Promise<void> {
  let stop = async () => {};
  const form = (['write', 'markdown', 'json'] as const).find((each) => values[each]) ?? 'text';
  try {
    const areAllNoticed = await runMutants({
      ...{
        firstSeed,
        form,
        only: values.only,
        atOnce: Number(values.workers),
        mornings: values.mornings === undefined ? 100 : mornings,
      },
      async startDatabases(count) {
        const server = await startServer(count);
        stop = server.stop;
        return server.databaseUrls;
      },
    });
    process.exitCode = areAllNoticed ? 0 : 1;
  } finally {
    await stop();
  }
}

async function write(marker: string, table: string): Promise<void> {
  if (values.write)
    await writeBetween(PAGE, marker, `${tellOrigin(new Date(), await describeMachine())}\n\n${table}`);
}

/** Whoever breaks it off leaves no server behind. */
async function startServer(databases: number) {
  const server = await startOwnServer(databases);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.stop().finally(() => process.exit(130)));
  }
  return server;
}
