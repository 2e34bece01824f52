import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * PostgreSQL stands still, as on a machine whose disk hangs: every connection stays open and nothing answers.
 * @returns how it goes on
 */
export async function freezePostgres(dataDirectory: string): Promise<() => void> {
  const postmaster = await findPostmaster(dataDirectory);
  // First the one who starts the others; each of them leads a process group of its own.
  process.kill(postmaster, 'SIGSTOP');
  const others = await findChildren(postmaster);
  for (const pid of others) process.kill(pid, 'SIGSTOP');
  return () => {
    for (const pid of [...others, postmaster]) process.kill(pid, 'SIGCONT');
  };
}

/** The process of the server that starts the others. */
export async function findPostmaster(dataDirectory: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8'), 10);
}

async function findChildren(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(pids.map(findParent));
  return pids.filter((_, index) => parents[index] === parent);
}

/** Undefined for a process that has gone meanwhile. */
async function findParent(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const parent = /^PPid:\s+(\d+)$/m.exec(status)?.[1];
  return parent === undefined ? undefined : Number(parent);
}
