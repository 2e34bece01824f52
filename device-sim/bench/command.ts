import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { CONFIG_KEYS } from '#platform/config.ts';
import type { Undo } from './undo.ts';

/** A command as a person types it, with all that it starts. */
export type RunningCommand = {
  pid: number;
  /** Resolves with the first line of its output that holds this; rejects when it ends before. */
  says(what: RegExp): Promise<string>;
  /** Tells it and all its children, and waits until it is gone. */
  signal(signal: NodeJS.Signals): Promise<void>;
};

export function startCommand(
  [file, ...args]: readonly [string, ...string[]],
  options: { cwd: string; env?: Record<string, string> },
  undo: Undo,
): RunningCommand {
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...ordinaryEnvironment(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const lines: string[] = [];
  const exited = once(child, 'exit').catch(() => undefined);
  let heard = Promise.withResolvers<void>();
  const hear = (line: string) => {
    lines.push(line);
    heard.resolve();
    heard = Promise.withResolvers();
  };
  createInterface({ input: child.stdout }).on('line', hear);
  createInterface({ input: child.stderr }).on('line', hear);
  const end = async (signal: NodeJS.Signals) => {
    if (isRunning(child)) process.kill(-(child.pid ?? 0), signal);
    await exited;
  };
  undo.push(() => end('SIGTERM'));
  return {
    pid: child.pid ?? 0,
    async says(what) {
      for (;;) {
        const line = lines.find((one) => what.test(one));
        if (line) return line;
        const isOver = await Promise.race([heard.promise.then(() => false), exited.then(() => true)]);
        if (isOver) throw new Error(`${[file, ...args].join(' ')} ended:\n${lines.slice(-20).join('\n')}`);
      }
    },
    signal: end,
  };
}

const isRunning = ({ pid, exitCode, signalCode }: ChildProcess) =>
  pid !== undefined && exitCode === null && signalCode === null;

/** Without our own settings, and without what npm has told the bench about itself. */
function ordinaryEnvironment(): NodeJS.ProcessEnv {
  const isOfNpm = (key: string) =>
    /^(npm_|INIT_CWD$)/.test(key) && !/^npm_config_(cache|registry|userconfig)$/.test(key);
  const entries = Object.entries(process.env).filter(
    ([key]) => !isOfNpm(key) && !(CONFIG_KEYS as readonly string[]).includes(key),
  );
  const path = process.env.PATH?.split(':').filter((folder) => !folder.includes('/node_modules/'));
  return { ...Object.fromEntries(entries), PATH: path?.join(':') };
}
