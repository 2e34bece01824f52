import { readFile } from 'node:fs/promises';

/** What a process holds, in bytes. */
export type ProcessMemory = {
  /** Its resident pages. */
  resident: number;
  /** The same with each shared page divided among those that share it, so that processes can be added up. */
  proportional: number;
};

/** Asked of the kernel; only for Linux, and for another user's process only as root. */
export async function readMemory(pid: number): Promise<ProcessMemory> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const bytes = (name: string): number =>
    1_024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);
  return { resident: bytes('Rss'), proportional: bytes('Pss') };
}
