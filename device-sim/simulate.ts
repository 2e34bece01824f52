import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { MUTANTS, type MutantName } from './simulate/mutants.ts';
import { startOwnServer } from './simulate/own-server.ts';
import { tellKilled, tellKilledTable, tellMarkdown, tellSeed, tellSummary } from './simulate/report.ts';
import { runMornings } from './simulate/run-mornings.ts';
import { type Killed, killMutant } from './simulate/run-mutants.ts';

/**
 * `npm run simulate -- [--mornings 200] [--seed N] [--workers N] [--json | --markdown]`: communities' days with
 * everything going wrong that a seed decides. A violation prints its seed; `--seed N` alone replays that one.
 * `--mutants` puts deliberate faults under them and says which seed notices each.
 */
const { values } = parseArgs({
  options: {
    mornings: { type: 'string' },
    seed: { type: 'string' },
    workers: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'boolean' },
    markdown: { type: 'boolean' },
    mutants: { type: 'boolean' },
  },
});
const mornings = Number(values.mornings ?? (values.seed === undefined ? 200 : 1));
const firstSeed = Number(values.seed ?? 1);
if (values.mutants) await runMutants();
else await run();

async function run(): Promise<void> {
  const isReplay = mornings === 1;
  const server = await startServer(isReplay ? 1 : Number(values.workers));
  try {
    const begunAt = performance.now();
    const summary = await runMornings({
      ...{ databaseUrls: server.databaseUrls, firstSeed, mornings },
      onSeed(result) {
        // What is asked for in another form goes to stdout alone; what was broken is told all the same.
        if (result.violations.length > 0) console.error(tellSeed(result));
        else if (isReplay && !values.json && !values.markdown) console.log(tellSeed(result));
      },
    });
    const seconds = (performance.now() - begunAt) / 1_000;
    if (values.json) console.log(JSON.stringify({ ...summary, seconds }, null, 2));
    else console.log(values.markdown ? tellMarkdown(summary, seconds) : tellSummary(summary, seconds));
    process.exitCode = summary.failed.length > 0 ? 1 : 0;
  } finally {
    await server.stop();
  }
}

/** Each deliberate fault over mornings until one notices it; a fault that none notices fails the command. */
async function runMutants(): Promise<void> {
  const names = Object.keys(MUTANTS) as MutantName[];
  const server = await startServer(names.length);
  const most = values.mornings === undefined ? 100 : mornings;
  const killed: Killed[] = [];
  try {
    for (const [index, name] of names.entries()) {
      const databaseUrl = server.databaseUrls[index]!;
      killed.push(await killMutant(name, { databaseUrl, firstSeed, mornings: most }));
      if (!values.json && !values.markdown) console.log(tellKilled(killed.at(-1)!));
    }
    if (values.json) console.log(JSON.stringify(killed, null, 2));
    if (values.markdown) console.log(tellKilledTable(killed));
    process.exitCode = killed.every(({ seed }) => seed !== undefined) ? 0 : 1;
  } finally {
    await server.stop();
  }
}

/** Whoever breaks it off leaves no server behind. */
async function startServer(databases: number) {
  const server = await startOwnServer(databases);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.stop().finally(() => process.exit(130)));
  }
  return server;
}
