import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Clock } from '#platform/clock.ts';
import { runCli } from '../run-cli.ts';

export type Ran = { code: number; stdout: string; stderr: string };

const CLI = fileURLToPath(new URL('../../cli.ts', import.meta.url));

/** Runs a command in this process, which spares a second for each. */
export async function runPact(
  args: readonly string[],
  env: Record<string, string>,
  clock?: Clock,
): Promise<Ran> {
  const ran = { stdout: '', stderr: '' };
  const output = {
    out: (said: string) => {
      ran.stdout += said;
    },
    err: (said: string) => {
      ran.stderr += said;
    },
  };
  const code = await runCli(args, env, output, clock);
  return { code, ...ran };
}

/** Runs a command as a person does, in a process of its own. */
export async function spawnPact(args: readonly string[], env: Record<string, string>): Promise<Ran> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: {
      PATH: process.env.PATH ?? '',
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await exited) as [number];
  return { code, stdout, stderr };
}
