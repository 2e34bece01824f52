import { Command, InvalidArgumentError } from 'commander';
import { describeMachine, tellOrigin } from './bench/machine.ts';
import { type Drill, type DrillResult, isGreen } from './chaos/drill.ts';
import { DRILLS } from './chaos/drills.ts';
import { tellDrill, tellTable } from './chaos/report.ts';
import { runDrill } from './chaos/run-drill.ts';
import { wholeNumber } from './whole-number.ts';
import { writeBetween } from './write-between.ts';

/** `npm run chaos`: real faults on real processes, each in a town of its own on this machine, and what they cost. */
const values = new Command('npm run chaos --')
  .description(
    'Real faults on real processes on this machine, and what they cost. Ends with 1 when a drill is red.',
  )
  .option('--list', 'say which drills there are')
  .option('--only <names>', 'run these, separated by commas', drillsCalled)
  .option('--times <n>', 'so many rounds', wholeNumber(1, 1_000), 1)
  .option('--json', 'print the results as JSON')
  .option('--markdown', 'print the table')
  .option('--write', 'put the table into docs/reliability.md')
  .parse()
  .opts<{
    list?: true;
    only?: readonly Drill[];
    times: number;
    json?: true;
    markdown?: true;
    write?: true;
  }>();

let closeScene: (() => Promise<void>) | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // What runs outside this process must not outlive it.
  process.once(signal, () => void closeScene?.().finally(() => process.exit(130)));
}

if (values.list) {
  for (const { name, injects, lacks } of DRILLS) {
    const lack = lacks?.();
    console.log(`${name}: ${injects}${lack ? ` (left out here: ${lack})` : ''}`);
  }
} else await run();

async function run(): Promise<void> {
  const drills = values.only ?? DRILLS;
  const results: DrillResult[] = [];
  for (let round = 1; round <= values.times; round += 1) {
    if (values.times > 1) console.error(`round ${round} of ${values.times}`);
    for (const drill of drills) {
      const result = await runDrill(drill, (close) => {
        closeScene = close;
      });
      results.push(result);
      // What is asked for in another form goes to stdout alone.
      (values.json || values.markdown ? console.error : console.log)(tellDrill(result));
    }
  }
  if (values.json) console.log(JSON.stringify(results, null, 2));
  if (values.markdown) console.log(tellTable(results));
  if (values.write)
    await writeBetween(
      'docs/reliability.md',
      'chaos',
      `${tellOrigin(new Date(), await describeMachine())}\n\n${tellTable(results)}`,
    );
  const red = results.filter((result) => !isGreen(result));
  const skipped = results.filter(({ skipped: why }) => why !== undefined);
  console.error(
    `${results.length - red.length - skipped.length} green, ${red.length} red, ${skipped.length} left out`,
  );
  if (red.length > 0) process.exitCode = 1;
}

function drillsCalled(list: string): readonly Drill[] {
  const names = list.split(',');
  const unknown = names.filter((name) => !DRILLS.some((drill) => drill.name === name));
  if (unknown.length > 0)
    throw new InvalidArgumentError(`There is no drill ${unknown.join(', ')}: see --list.`);
  return DRILLS.filter(({ name }) => names.includes(name));
}
