import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CONFIG_KEYS } from '#platform/config.ts';
import type { ServiceAnswer, ServiceOrder } from '../service-process.ts';

export type ChildService = {
  http: string;
  mqtt: string;
  /** The end that no process can prepare for. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

const SCRIPT = fileURLToPath(new URL('../service-process.ts', import.meta.url));

/** Starts the service in a process of its own and waits until it listens. */
export async function startChildService({ env, time }: ServiceOrder): Promise<ChildService> {
  const order: ServiceOrder = {
    env: { PACT_HTTP_PORT: '0', PACT_MQTT_PORT: '0', PACT_LOG_LEVEL: 'warn', ...env },
    time,
  };
  // Nothing of the tester's own settings may reach it.
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !(CONFIG_KEYS as readonly string[]).includes(key)),
  );
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: inherited,
  });
  const exited = once(child, 'exit');
  const noise: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    noise.push(line);
    if (process.env.SIM_TEST_LOG) console.error(line);
  });
  const first = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    exited.then(() => ''),
  ]);
  const answer: ServiceAnswer = first ? JSON.parse(first) : { failed: 'it said nothing' };
  if ('failed' in answer) {
    child.kill('SIGKILL');
    throw new Error(`The service did not start: ${answer.failed}\n${noise.join('\n')}`);
  }
  return {
    ...answer,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}

/** A port that is free now, for a broker that must come back where its sensors look for it. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was free');
  return address.port;
}
