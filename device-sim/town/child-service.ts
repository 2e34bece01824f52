import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CONFIG_KEYS } from '#platform/config.ts';
import type { ServiceAnswer, ServiceOrder } from '../service-process.ts';
import type { SharedTime } from '../shared-clock.ts';

export type ChildService = Exclude<ServiceAnswer, { failed: string }> & {
  readonly pid: number;
  /** When it has ended, for whatever reason. */
  ended: Promise<void>;
  /** Gives its clock other paces. */
  follow(paces: readonly SharedTime[]): void;
  /** The end that no process can prepare for. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

/** What the machine gives a process, beside its settings. */
export type Surroundings = {
  /** Of another version; this one's by default. */
  script?: string;
  /** File descriptors that it may have open, hard. */
  openFiles?: number;
  /** Variables of the loader and the like. */
  variables?: Record<string, string>;
  onLog?: (line: string) => void;
};

const SCRIPT = fileURLToPath(new URL('../service-process.ts', import.meta.url));

/** Starts the service, or another version of it, in a process of its own and waits until it listens. */
export async function startChildService(
  { env, time }: ServiceOrder,
  { script = SCRIPT, openFiles, variables = {}, onLog = () => undefined }: Surroundings = {},
): Promise<ChildService> {
  const order: ServiceOrder = {
    env: { PACT_HTTP_PORT: '0', PACT_MQTT_PORT: '0', PACT_LOG_LEVEL: 'warn', ...env },
    time,
  };
  // Nothing of the tester's own settings may reach it.
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !(CONFIG_KEYS as readonly string[]).includes(key)),
  );
  const command = [process.execPath, script, JSON.stringify(order)];
  // Node raises its own soft limit at start, so that only a hard one holds.
  const limited =
    openFiles === undefined
      ? command
      : ['/bin/sh', '-c', `ulimit -n ${openFiles} && exec "$@"`, 'sh', ...command];
  const child = spawn(limited[0] as string, limited.slice(1), {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...inherited, ...variables },
  });
  const exited = once(child, 'exit').then(() => undefined);
  const noise: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    noise.push(line);
    onLog(line);
    if (process.env.SIM_TEST_LOG) console.error(line);
  });
  const first = await Promise.race([
    once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line').then(([line]) =>
      String(line),
    ),
    exited.then(() => ''),
  ]);
  const answer: ServiceAnswer = first ? JSON.parse(first) : { failed: 'it said nothing' };
  if ('failed' in answer) {
    child.kill('SIGKILL');
    throw new Error(`The service did not start: ${answer.failed}\n${noise.join('\n')}`);
  }
  return {
    ...answer,
    pid: child.pid ?? 0,
    ended: exited,
    follow(paces) {
      if (child.stdin.writable) child.stdin.write(`${JSON.stringify(paces)}\n`);
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.stdin?.end();
      await exited;
    },
  };
}
