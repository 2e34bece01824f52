import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DoctorText } from '#pact/text/doctor.ts';
import type { Config } from '#platform/config.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Of the files and connections that a process may have open, how many it may need before somebody is told. */
const SCARCE = 0.8;

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));

type Process = { pid: string; args: string[] };

/**
 * The service's processes on this machine, and the embedded PostgreSQL's: whether one is stopped, whether one runs out of
 * files. Nothing where the system does not tell (only Linux does) or they run as somebody else.
 */
export async function examineProcesses({ dataDir }: Config, text: DoctorText): Promise<Finding[]> {
  const pids = await readdir('/proc').then(
    (names) => names.filter((name) => /^\d+$/.test(name)),
    () => [],
  );
  const all = await Promise.all(pids.map(async (pid) => ({ pid, args: await readArgs(pid) })));
  const isOurs = await Promise.all(all.map(runsMain));
  const services = all.filter((_, at) => isOurs[at]);
  const cluster = await realpath(resolve(dataDir, 'postgres')).catch(() => undefined);
  const servers = all.filter(({ args }) => cluster !== undefined && args[args.indexOf('-D') + 1] === cluster);
  const watched = [
    ...services.map((one) => ({ ...one, name: 'services/main.ts' })),
    ...servers.map((one) => ({ ...one, name: 'PostgreSQL' })),
  ];
  const stopped = (await Promise.all(watched.map(nameIfStopped))).filter((name) => name !== undefined);
  const scarce = await Promise.all(services.map((one) => examineFiles(one, text)));
  return [
    ...(services.length > 0 ? [ok('processes', text.processes({ count: services.length }))] : []),
    ...(stopped.length > 0 ? [fail('processStopped', text.processStopped({ names: stopped }))] : []),
    ...scarce.flat(),
  ];
}

/** Whether it is a process of this installation; another one on the machine is not ours to judge. */
async function runsMain({ pid, args }: Process): Promise<boolean> {
  const script = args.find((arg) => arg.endsWith('services/main.ts'));
  if (script === undefined) return false;
  return resolve(await readlink(`/proc/${pid}/cwd`).catch(() => '/'), script) === MAIN;
}

async function nameIfStopped({ pid, name }: Process & { name: string }): Promise<string | undefined> {
  // Its name stands in brackets and may hold anything; the state comes after the last one.
  const state = (await read(`/proc/${pid}/stat`)).split(') ').at(-1)?.[0];
  return state === 'T' ? `${pid} (${name})` : undefined;
}

async function examineFiles({ pid }: Process, text: DoctorText): Promise<Finding[]> {
  const most = Number(/^Max open files\s+(\d+)/m.exec(await read(`/proc/${pid}/limits`))?.[1]);
  const open = await readdir(`/proc/${pid}/fd`).then(
    (names) => names.length,
    () => 0,
  );
  const isScarce = open > most * SCARCE;
  return isScarce ? [warn('filesScarce', text.filesScarce({ pid: Number(pid), open, most }))] : [];
}

const readArgs = async (pid: string): Promise<string[]> =>
  (await read(`/proc/${pid}/cmdline`)).split('\0').filter(Boolean);

/** Empty of a process that has ended, or is not ours to look at. */
const read = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
