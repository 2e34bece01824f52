import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Argument, Command } from 'commander';
import { reasonOf } from '#platform/errors.ts';
import type { OpenedBench } from './bench/bench.ts';
import { drawChart } from './bench/chart.ts';
import { BUSY_PCT, describeMachine, lookAround, type Machine, readStartFlags } from './bench/machine.ts';
import { BENCHES } from './bench/registry.ts';
import { type Report, reportToMarkdown } from './bench/report.ts';
import { writeBetween } from './write-between.ts';

/** `npm run bench`: measures, each bench in a process of its own. Progress goes to stderr. */
const command = new Command('npm run bench --')
  .description('Measures, and prints Markdown.')
  .addArgument(new Argument('[names...]', 'which benches; all by default').choices(Object.keys(BENCHES)))
  .option('--quick', 'fewer rounds: to see that it works, not for publishing', false)
  .option('--json', 'print JSON', false)
  .option('--write', 'put the tables into docs/performance.md; the words around them stay', false)
  .option('--draw', 'draw anew what was kept of the last run, without measuring', false)
  .parse();
const values = command.opts<Record<'quick' | 'json' | 'write' | 'draw', boolean>>();
const PAGE = new URL('../docs/performance.md', import.meta.url);
const KEPT = new URL('../docs/performance/', import.meta.url);
/** A bench that takes so many times as long as it should is ended; what it started is stopped in the time after. */
const PATIENCE = 4;
const UNDOING_MS = 30_000;

process.exitCode = await run(command.args.length > 0 ? command.args : Object.keys(BENCHES));

/** @returns 0, or 1 where a bench did not come to its end */
async function run(names: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  const machine = await describeMachine();
  const failed: string[] = [];
  for (const name of names) {
    const bench = await (BENCHES[name] as () => Promise<OpenedBench>)();
    console.error(`${name}: ${bench.title}, about ${bench.seconds} s`);
    try {
      const report = values.draw ? await readKept(name) : await measure(name, bench.seconds, machine);
      await present(report, bench);
      console.error(`${name}: ${Math.round(report.seconds)} s`);
    } catch (error) {
      failed.push(name);
      console.error(`${name}: ${reasonOf(error)}`);
    }
  }
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  console.error(
    `${names.length} benches in ${minutes} min${failed.length > 0 ? `; failed: ${failed.join(', ')}` : ''}.`,
  );
  return failed.length > 0 ? 1 : 0;
}

async function measure(name: string, seconds: number, machine: Machine): Promise<Report> {
  const before = await lookAround();
  if (before.busyPct > BUSY_PCT) {
    console.error(
      `  others keep ${Math.round(before.busyPct)} % of the processor busy: these numbers are not for publishing`,
    );
  }
  const flags = await readStartFlags();
  const at = new Date().toISOString();
  const startedAt = performance.now();
  const child = fork(
    fileURLToPath(new URL('./bench/measure.ts', import.meta.url)),
    [name, values.quick ? 'quick' : 'full'],
    { execArgv: [...process.execArgv, ...flags], stdio: ['ignore', 2, 'inherit', 'ipc'] },
  );
  const end = () => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), UNDOING_MS).unref();
  };
  process.once('SIGTERM', end);
  const tooLong = setTimeout(end, seconds * PATIENCE * 1_000);
  try {
    const exited = once(child, 'exit');
    const [result] = (await Promise.race([once(child, 'message'), exited.then(() => [undefined])])) as [
      unknown,
    ];
    const [code, signal] = (await exited) as [number | null, string | null];
    if (result === undefined) throw new Error(`it ended without a result (${signal ?? code})`);
    return {
      name,
      at,
      quick: values.quick,
      machine,
      before,
      seconds: (performance.now() - startedAt) / 1_000,
      result,
    };
  } finally {
    clearTimeout(tooLong);
    process.off('SIGTERM', end);
  }
}

async function present(report: Report, bench: OpenedBench): Promise<void> {
  const { name } = report;
  const { markdown, chart, targets } = bench.show(report.result);
  const page = reportToMarkdown(report, { markdown, targets, chart });
  if (values.write || values.draw) {
    await writeBetween(PAGE, `bench:${name}`, page);
    await mkdir(KEPT, { recursive: true });
    if (chart) await writeFile(new URL(`${name}.svg`, KEPT), drawChart(chart));
    if (!values.draw) await writeFile(new URL(`${name}.json`, KEPT), `${JSON.stringify(report, null, 2)}\n`);
  }
  if (values.json) console.log(JSON.stringify({ ...report, targets }));
  else if (!values.draw) console.log(`## ${bench.title}\n\n${page}\n`);
}

const readKept = async (name: string): Promise<Report> =>
  JSON.parse(await readFile(new URL(`${name}.json`, KEPT), 'utf8'));
