import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { startOwnServer } from './simulate/own-server.ts';
import { tellMarkdown, tellSeed, tellSummary } from './simulate/report.ts';
import { runMornings } from './simulate/run-mornings.ts';

/**
 * `npm run simulate -- [--mornings 200] [--seed N] [--workers N] [--json | --markdown]`: communities' days with
 * everything going wrong that a seed decides. A violation prints its seed; `--seed N` alone replays that one.
 */
const { values } = parseArgs({
  options: {
    mornings: { type: 'string' },
    seed: { type: 'string' },
    workers: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'boolean' },
    markdown: { type: 'boolean' },
  },
});
const mornings = Number(values.mornings ?? (values.seed === undefined ? 200 : 1));
const workers = mornings === 1 ? 1 : Number(values.workers);
const server = await startOwnServer(workers);
try {
  const begunAt = performance.now();
  const isReplay = mornings === 1;
  const summary = await runMornings({
    databaseUrls: server.databaseUrls,
    firstSeed: Number(values.seed ?? 1),
    mornings,
    onSeed(result) {
      if (!values.json && !values.markdown && (isReplay || result.violations.length > 0))
        console.log(tellSeed(result));
    },
  });
  const seconds = (performance.now() - begunAt) / 1_000;
  if (values.json) console.log(JSON.stringify({ ...summary, seconds }, null, 2));
  else console.log(values.markdown ? tellMarkdown(summary, seconds) : tellSummary(summary, seconds));
  process.exitCode = summary.failed.length > 0 ? 1 : 0;
} finally {
  await server.stop();
}
