import { lstatSync } from 'node:fs';
import { chown, lstat, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from './command.ts';
import { isMissing } from './error-code.ts';

/** The user that PostgreSQL runs as where we are root, since it refuses to run as root itself. */
export type RunAs = { uid: number; gid: number; name: string };

/**
 * Whom to run PostgreSQL as; undefined means ourselves. A cluster that is there keeps its owner, so that
 * a tool run by root beside an ordinary user's service does not take the files away from it.
 */
export const findRunAs = async (clusterPath: string): Promise<RunAs | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await ownerOf(clusterPath);
  if (owner && owner.uid !== 0) return owner;
  const users = await readUsers();
  return users.get('postgres') ?? users.get('nobody') ?? { uid: 65534, gid: 65534, name: 'nobody' };
};

/** Asks the system itself, as that user: mode bits alone know nothing of ACLs, NFS or mount options. */
export const canEnter = async (folder: string, runAs: RunAs | undefined): Promise<boolean> => {
  if (!runAs) return true;
  const probe = await runCommand('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { as: runAs });
  return probe.ok;
};

/** The first folder on the way that others may not enter, for an error message. */
export const closedFolder = (path: string): string | undefined => {
  const parent = dirname(path);
  const above = parent === path ? undefined : closedFolder(parent);
  return above ?? ((lstatSync(path).mode & 0o001) === 0 ? path : undefined);
};

/** Gives a cluster restored or unpacked by root to the user that PostgreSQL runs as. */
export const giveCluster = async (cluster: string, runAs: RunAs): Promise<void> => {
  const control = await ownerOf(join(cluster, 'global', 'pg_control'));
  const top = await ownerOf(cluster);
  if (top?.uid === runAs.uid && (!control || control.uid === runAs.uid)) return;
  await giveTree(cluster, runAs);
};

const giveTree = async (path: string, runAs: RunAs): Promise<void> => {
  const info = await lstat(path);
  // A link may lead anywhere, /etc included.
  if (info.isSymbolicLink()) return;
  if (info.isDirectory()) for (const name of await readdir(path)) await giveTree(join(path, name), runAs);
  await chown(path, runAs.uid, runAs.gid);
};

const ownerOf = async (path: string): Promise<RunAs | undefined> => {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid, name: `uid ${uid}` };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

const readUsers = async (): Promise<Map<string, RunAs>> => {
  const users = new Map<string, RunAs>();
  for (const line of (await readFile('/etc/passwd', 'utf8')).split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name && uid && gid && Number(uid) !== 0) {
      users.set(name, { uid: Number(uid), gid: Number(gid), name });
    }
  }
  return users;
};
