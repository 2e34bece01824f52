import { parseArgs } from 'node:util';
import { describeMachine, tellOrigin } from './bench/machine.ts';
import { type DrillResult, isGreen } from './chaos/drill.ts';
import { DRILLS } from './chaos/drills.ts';
import { tellDrill, tellTable } from './chaos/report.ts';
import { runDrill } from './chaos/run-drill.ts';
import { writeBetween } from './write-between.ts';

/**
 * `npm run chaos -- [--list] [--only name,name] [--times N] [--json | --markdown] [--write]`: real faults on real
 * processes, each in a town of its own on this machine, and what they cost. `--write` puts the table into
 * docs/reliability.md. Ends with 1 when a drill is red.
 */
const { values } = parseArgs({
  options: {
    list: { type: 'boolean' },
    only: { type: 'string' },
    times: { type: 'string', default: '1' },
    json: { type: 'boolean' },
    markdown: { type: 'boolean' },
    write: { type: 'boolean' },
  },
});

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
  const drills = chosen();
  const results: DrillResult[] = [];
  for (let round = 1; round <= Number(values.times); round += 1) {
    if (Number(values.times) > 1) console.error(`round ${round} of ${values.times}`);
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

function chosen() {
  if (values.only === undefined) return DRILLS;
  const names = values.only.split(',');
  const unknown = names.filter((name) => !DRILLS.some((drill) => drill.name === name));
  if (unknown.length > 0) throw new Error(`There is no drill ${unknown.join(', ')}: see --list.`);
  return DRILLS.filter(({ name }) => names.includes(name));
}
