import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * The cores that we may use, by number; none where they cannot be told or nobody can be pinned to them, as outside Linux
 * or without util-linux.
 */
export async function findCores(): Promise<number[]> {
  try {
    await run('taskset', ['--version']);
    const status = await readFile('/proc/self/status', 'utf8');
    return readCpuList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return [];
  }
}

/** Keeps processes, with all their threads, on one core. */
export async function pinToCore(core: number, pids: readonly number[]): Promise<void> {
  for (const pid of pids) await run('taskset', ['-a', '-c', '-p', String(core), String(pid)]);
}

/** Of the kernel's way to write them: `0-2,5`. */
export const readCpuList = (text: string): number[] =>
  text
    .split(',')
    .filter(Boolean)
    .flatMap((range) => {
      const [from = Number.NaN, to = from] = range.split('-').map(Number);
      return Number.isNaN(from) ? [] : Array.from({ length: to - from + 1 }, (_, index) => from + index);
    });
