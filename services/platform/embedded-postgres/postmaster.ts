import { readFileSync, writeFileSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runCommand } from './command.ts';
import { codeOf, isMissing } from './error-code.ts';

/** What `postmaster.pid` and the process it names tell about a cluster's server. */
export type Postmaster =
  | { state: 'absent' }
  /** The process is a PostgreSQL server over this cluster. */
  | { state: 'ours'; pid: number; port: number }
  /** This system does not say what the process is: only a connection can. */
  | { state: 'unclear'; pid: number; port: number }
  /** The process is dead, not yet reaped, or another program that got the number after a reboot. */
  | { state: 'stale'; pid: number; text: string };

export const findPostmaster = async (cluster: string): Promise<Postmaster> => {
  let text: string;
  try {
    text = await readFile(pidFile(cluster), 'utf8');
  } catch (error) {
    if (isMissing(error)) return { state: 'absent' };
    throw error;
  }
  const [pidLine, , , portLine] = text.split('\n');
  // Negative: a single-user backend; an empty file: written this instant.
  const pid = Math.abs(Number.parseInt(pidLine ?? '', 10)) || 0;
  const port = Number.parseInt(portLine ?? '', 10) || 0;
  if (pid === 0 || !isAlive(pid)) return { state: 'stale', pid, text };
  const args = await commandLine(pid);
  if (args === undefined) return { state: 'unclear', pid, port };
  return (await servesCluster(args, cluster)) ? { state: 'ours', pid, port } : { state: 'stale', pid, text };
};

/**
 * Lets PostgreSQL start over a stale lock file that names a living process. The file is not removed: its
 * last lines name the shared memory by which PostgreSQL sees that children of a killed server still run,
 * and that guard must stay. Only the number is replaced, by one that no process ever has.
 */
export const disarmStaleLock = (cluster: string, stale: { pid: number; text: string }): void => {
  if (stale.pid === 0 || !isAlive(stale.pid)) return;
  const file = pidFile(cluster);
  const rest = stale.text.slice(stale.text.indexOf('\n'));
  // Read again in the same breath: another start may have put a living server's file there.
  if (readFileSync(file, 'utf8') === stale.text) writeFileSync(file, `${NO_PROCESS}${rest}`);
};

const NO_PROCESS = 2 ** 31 - 2;

const pidFile = (cluster: string): string => join(cluster, 'postmaster.pid');

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
};

/** Undefined where the system does not tell; empty for a process that is dead and not yet reaped. */
const commandLine = async (pid: number): Promise<string[] | undefined> => {
  if (process.platform === 'linux') {
    try {
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    } catch (error) {
      if (isMissing(error) || codeOf(error) === 'ESRCH') return [];
      throw error;
    }
  }
  if (process.platform === 'win32') return undefined;
  const ps = await runCommand('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  return ps.ok ? ps.output.split(' ') : [];
};

const servesCluster = async (args: string[], cluster: string): Promise<boolean> => {
  if (basename(args[0] ?? '') !== 'postgres') return false;
  const directory = args[args.indexOf('-D') + 1];
  // Where `ps` joins the words, a folder with a blank in its name comes in pieces.
  if (args.join(' ').includes(`-D ${cluster}`)) return true;
  if (!directory || !args.includes('-D')) return false;
  try {
    return (await realpath(directory)) === cluster;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};
