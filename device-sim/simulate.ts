import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { describeMachine, tellOrigin } from './bench/machine.ts';
import type { MutantName } from './mutants/all.ts';
import { EVERY_MUTANT, mutantsCalled, runMutants } from './mutants/mutants-command.ts';
import { startOwnServer } from './simulate/own-server.ts';
import { findCores } from './simulate/pin-to-core.ts';
import { createProgress } from './simulate/progress.ts';
import { tellMarkdown, tellSeed, tellSummary } from './simulate/report.ts';
import { runMornings } from './simulate/run-mornings.ts';
import { wholeNumber } from './whole-number.ts';
import { writeBetween } from './write-between.ts';

const PAGE = new URL('../docs/reliability.md', import.meta.url);

/** `npm run simulate`: communities' days with everything going wrong that a seed decides, or faults put into our code. */
const values = new Command('npm run simulate --')
  .description(
    'Communities’ days with everything going wrong that a seed decides. A violation prints its seed; --seed N alone ' +
      'replays that one. Ends with 1 when something was broken, or when a deliberate fault went unnoticed.',
  )
  .option(
    '--mornings <n>',
    'so many in all (default: 200; of one seed 1; for each fault 100)',
    wholeNumber(1, 10_000_000),
  )
  .option('--seed <n>', 'the first seed (default: 1)', wholeNumber(0, 2 ** 31))
  .option('--workers <n>', 'so many at once', wholeNumber(1, 256), availableParallelism())
  .option('--json', 'print the outcome as JSON')
  .option('--markdown', 'print the table')
  .option('--write', 'put the table into docs/reliability.md')
  .option('--mutants', 'put deliberate faults into our code and say which seed or test notices each')
  .addOption(
    new Option('--only <names>', 'with --mutants: these, separated by commas; the page holds all of them')
      .argParser(mutantsCalled)
      .conflicts('write'),
  )
  .parse()
  .opts<{
    mornings?: number;
    seed?: number;
    workers: number;
    json?: true;
    markdown?: true;
    write?: true;
    mutants?: true;
    only?: readonly MutantName[];
  }>();
const mornings = values.mornings ?? (values.seed === undefined ? 200 : 1);
const firstSeed = values.seed ?? 1;
if (values.mutants) await hunt();
else await run();

async function run(): Promise<void> {
  const isReplay = mornings === 1;
  const workers = isReplay ? 1 : values.workers;
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
        names: values.only ?? EVERY_MUTANT,
        atOnce: values.workers,
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
