import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const TICK_MICROSECONDS = 10_000;

/** CPU microseconds used so far by the PostgreSQL server of a data directory; undefined off Linux. */
export async function readServerCpu(dataDirectory: string): Promise<number | undefined> {
  try {
    const [postmaster] = (await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8')).split('\n');
    const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
    const used = await Promise.all(pids.map((pid) => readProcess(pid, postmaster ?? '')));
    return used.reduce((sum, ticks) => sum + ticks, 0) * TICK_MICROSECONDS;
  } catch {
    return undefined;
  }
}

/** Ticks of one process, 0 when it is not the postmaster's child. */
async function readProcess(pid: string, postmaster: string): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // After the name, which may hold anything: state, parent, …, user and system time.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[1] === postmaster ? Number(fields[11]) + Number(fields[12]) : 0;
}
