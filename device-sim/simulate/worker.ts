import { openBench } from './bench.ts';
import { pinToCore } from './pin-to-core.ts';
import { runDays } from './run-days.ts';
import { runAndShrink } from './shrink.ts';

/** A child process that runs seeds on a database of its own: `<connection string> <shrink|once> [core]`. Seeds come as messages. */
const [connectionString, mode, core] = process.argv.slice(2);
if (!connectionString || !process.send) throw new Error('started by the simulation only');
const bench = await openBench(connectionString);
if (core !== undefined) await pinToCore(Number(core), [process.pid, ...bench.pids]);

process.on('message', (seed: number) => {
  void (mode === 'shrink' ? runAndShrink : runDays)(bench, seed).then(
    (result) => process.send?.({ ...result, decisions: result.decisions.map(({ kind }) => kind) }),
    (error: unknown) => {
      process.send?.({
        seed,
        crashed: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    },
  );
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
