import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Lets this process, and those that it starts from now on, have so many files open. Node has raised the soft limit to
 * the hard one already; above that only root may go.
 * @throws Error where the system does not allow it
 */
export function allowOpenFiles(wanted: number): void {
  if (openFilesAllowed() >= wanted) return;
  spawnSync('prlimit', ['--pid', String(process.pid), `--nofile=${wanted}:${wanted}`]);
  const allowed = openFilesAllowed();
  if (allowed >= wanted) return;
  throw new Error(
    `${wanted} open files are needed and ${allowed} allowed: raise the limit (ulimit -n ${wanted}) and run this again`,
  );
}

function openFilesAllowed(): number {
  const [, soft = ''] = /Max open files\s+(\S+)/.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}
