import { flushCompileCache } from 'node:module';
import { loadConfig } from '#platform/config.ts';
import { reasonOf } from '#platform/errors.ts';
import { composePact } from '#services/main.ts';
import { createSharedClock, type SharedTime } from './shared-clock.ts';

/**
 * The whole service as a process of its own, to be killed: `service-process.ts <order as JSON>`. Says in one
 * line of JSON where it listens, and stops in order when its stdin ends or SIGTERM comes. The clock is given
 * here and not through the configuration, so that nobody can set a production's time.
 */
export type ServiceOrder = { env: Record<string, string>; time: SharedTime };
export type ServiceAnswer = { http: string; mqtt: string } | { failed: string };

const order = JSON.parse(process.argv[2] ?? '{}') as ServiceOrder;
const say = (answer: ServiceAnswer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

try {
  const pact = await composePact(loadConfig(order.env), { clock: createSharedClock(order.time) });
  const stop = () => void pact.stop().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.stdin.once('end', stop).resume();
  // Whoever is killed keeps nothing for the next start at its end.
  flushCompileCache();
  say({ http: pact.urls.http, mqtt: pact.urls.mqtt ?? '' });
} catch (error) {
  say({ failed: reasonOf(error) });
  process.exitCode = 1;
}
