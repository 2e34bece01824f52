import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DoctorText } from '#pact/text/doctor.ts';
import type { Config } from '#platform/config.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** What runs TypeScript without a flag and knows Argon2. */
const OLDEST_NODE = [24, 7] as const;
const GIGABYTE = 1024 ** 3;
const SCARCE_BYTES = 2 * GIGABYTE;
const TOO_LITTLE_BYTES = GIGABYTE / 4;

/** Node, the data folder and its rights, the disk. */
export async function examineMachine(config: Config, text: DoctorText): Promise<Finding[]> {
  return [examineNode(text), ...(await examineFolder(resolve(config.dataDir), config, text))];
}

function examineNode(text: DoctorText): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNew = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const said = text.node({ version: process.versions.node, ok: isNew });
  return isNew ? ok('node', said) : fail('node', said);
}

async function examineFolder(folder: string, config: Config, text: DoctorText): Promise<Finding[]> {
  if (!(await isThere(folder))) {
    // With a server of the operator's, the folder only holds the key, and is made with it.
    return config.databaseUrl ? [] : [fail('dataMissing', text.dataMissing({ folder }))];
  }
  const isWritable = await may(folder, constants.W_OK | constants.X_OK);
  return [
    isWritable
      ? ok('dataFolder', text.dataFolder({ folder }))
      : fail('dataUnwritable', text.dataUnwritable({ folder })),
    ...((await isReadByOthers(join(folder, 'server.key'))) ? [fail('keyExposed', text.keyExposed())] : []),
    await examineDisk(folder, text),
  ];
}

async function examineDisk(folder: string, text: DoctorText): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const bytes = bavail * bsize;
  const said = text.disk({ free: `${(bytes / GIGABYTE).toFixed(1)} GB`, ok: bytes >= SCARCE_BYTES });
  if (bytes < TOO_LITTLE_BYTES) return fail('disk', said);
  return bytes < SCARCE_BYTES ? warn('disk', said) : ok('disk', said);
}

const isThere = (path: string): Promise<boolean> => may(path, constants.F_OK);

const may = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );

async function isReadByOthers(file: string): Promise<boolean> {
  if (process.platform === 'win32' || !(await isThere(file))) return false;
  return ((await stat(file)).mode & 0o077) !== 0;
}
