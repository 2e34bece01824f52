import { setFlagsFromString } from 'node:v8';
import { BENCHES } from './registry.ts';

/** One bench, in a process of its own: `measure.ts <name> <quick|full>` tells its parent the result. */
const [name = '', size] = process.argv.slice(2);
const load = BENCHES[name];
if (!load) throw new Error(`no bench is called ${name}`);
// Two benches measure memory; which it is must not hang on when the collector feels like it.
setFlagsFromString('--expose-gc');
const bench = await load();
const result = await bench.run({ quick: size === 'quick', say: (line) => console.error(`  ${line}`) });
if (process.send) process.send(result, () => process.exit(0));
else console.log(JSON.stringify(result, null, 2));
