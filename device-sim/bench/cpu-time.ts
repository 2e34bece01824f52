import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const TICK_MICROSECONDS = 10_000;

/** CPU microseconds used so far by the PostgreSQL server of a data directory; undefined off Linux. */
export async function readServerCpu(dataDirectory: string): Promise<number | undefined> {
  try {
    const [postmaster = 0, ...others] = await findServer(dataDirectory);
    const own = await readProcess(postmaster);
    const used = await Promise.all(others.map(readProcess));
    // Workers that have ended live on in what the postmaster has waited for.
    const ticks = used.reduce((sum, { ticks: of }) => sum + of, own.ticks + own.ticksOfEnded);
    return ticks * TICK_MICROSECONDS;
  } catch {
    return undefined;
  }
}

/** CPU microseconds used so far by a process. */
export const readCpu = async (pid: number): Promise<number> =>
  (await readProcess(pid)).ticks * TICK_MICROSECONDS;

/** The processes of the PostgreSQL server of a data directory, the postmaster first. */
export async function findServer(dataDirectory: string): Promise<number[]> {
  const [line] = (await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8')).split('\n');
  const postmaster = Number(line);
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const parents = await Promise.all(pids.map(async (pid) => (await readProcess(pid)).parent));
  return [postmaster, ...pids.filter((_, index) => parents[index] === postmaster)];
}

/** Zeros for one that has ended. */
async function readProcess(pid: number): Promise<{ parent: number; ticks: number; ticksOfEnded: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // After the name, which may hold anything: state, parent, …, user and system time, and those of ended children.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const sum = (from: number) => Number(fields[from] ?? 0) + Number(fields[from + 1] ?? 0);
  return { parent: Number(fields[1] ?? 0), ticks: sum(11), ticksOfEnded: sum(13) };
}
