import { flushCompileCache } from 'node:module';
import { createInterface } from 'node:readline';
import { loadConfig } from '#platform/config.ts';
import { reasonOf } from '#platform/errors.ts';
import { composePact } from '#services/main.ts';
import { createPacedClock, type SharedTime } from './shared-clock.ts';

/**
 * The whole service as a process of its own, to be killed: `service-process.ts <order as JSON>`. Says in one
 * line of JSON where it listens, and stops in order when its stdin ends or SIGTERM comes. The clock is given
 * here and not through the configuration, so that nobody can set a production's time; a line of JSON on stdin gives it
 * new paces.
 */
export type ServiceOrder = { env: Record<string, string>; time: SharedTime | readonly SharedTime[] };
export type ServiceAnswer =
  | { http: string; operations: string; mqtt: string; setupLink: string }
  | { failed: string };

const order = JSON.parse(process.argv[2] ?? '{}') as ServiceOrder;
const say = (answer: ServiceAnswer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

try {
  const clock = createPacedClock([order.time].flat());
  const orders = createInterface({ input: process.stdin });
  orders.on('line', (line) => clock.follow(JSON.parse(line) as SharedTime[]));
  const pact = await composePact(loadConfig(order.env), { clock });
  const stop = () => void pact.stop().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  if (process.stdin.readableEnded) stop();
  else orders.once('close', stop);
  // Whoever is killed keeps nothing for the next start at its end.
  flushCompileCache();
  const { http, operations = '', mqtt = '' } = pact.urls;
  say({ http, operations, mqtt, setupLink: pact.setupLink ?? '' });
} catch (error) {
  say({ failed: reasonOf(error) });
  process.exitCode = 1;
}
