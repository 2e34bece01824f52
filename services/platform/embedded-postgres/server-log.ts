import { chown, copyFile, mkdir, open, stat, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMissing } from './error-code.ts';
import type { RunAs } from './run-as.ts';

const LIMIT_BYTES = 5_000_000;

export const serverLog = (cluster: string): string => join(cluster, 'log', 'server.log');

/**
 * Keeps the server's log and one older piece at 5 MB each. The server appends to an open file, so the
 * file is copied and emptied; what is written between the two is the price.
 */
export const boundServerLog = async (cluster: string, limitBytes = LIMIT_BYTES): Promise<void> => {
  const file = serverLog(cluster);
  if ((await serverLogSize(cluster)) < limitBytes) return;
  await copyFile(file, `${file}.1`);
  await truncate(file);
};

export const serverLogSize = async (cluster: string): Promise<number> => {
  try {
    return (await stat(serverLog(cluster))).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
};

/** The folder is made at every start: a backup may have left it out. */
export const makeServerLogFolder = async (cluster: string, runAs: RunAs | undefined): Promise<void> => {
  const folder = dirname(serverLog(cluster));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (runAs) await chown(folder, runAs.uid, runAs.gid);
};

/** The last lines written since the log had this size. */
export const serverLogSince = async (cluster: string, offset: number): Promise<string> => {
  const size = await serverLogSize(cluster);
  if (size <= offset) return '';
  const from = Math.max(offset, size - 4_000);
  const handle = await open(serverLog(cluster));
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await handle.close();
  }
};
