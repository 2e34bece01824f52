import { chmod, lstat, mkdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PactError } from '#platform/errors.ts';
import { type Binaries, prepareBinaries } from './binaries.ts';
import { type Credentials, createCredentials, findCredentials } from './credentials.ts';
import { isMissing } from './error-code.ts';
import { makeCluster } from './make-cluster.ts';
import type { EmbeddedPostgresOptions, Log } from './options.ts';
import { canEnter, closedFolder, findRunAs, giveCluster, type RunAs } from './run-as.ts';
import { settingsText } from './settings.ts';
import { asPactError } from './system-error.ts';

/** A cluster on disk, ready to be started. */
export type Cluster = {
  dataDir: string;
  /** The real folder, symlinks followed: PostgreSQL says this one when it is asked. */
  directory: string;
  binaries: Binaries;
  runAs: RunAs | undefined;
  /** The text of its settings file. */
  settings: string;
  credentials: Credentials;
  log: Log;
};

export const SHARED_DIR = '/var/lib/curtain-pact';

/**
 * Finds the cluster of a data folder, or makes it. Nothing is started. Several processes may do this at
 * once: each step either is atomic or finds that another was quicker.
 */
export const prepareCluster = async (options: EmbeddedPostgresOptions): Promise<Cluster> => {
  const dataDir = resolve(options.dataDir);
  try {
    return await prepare({ ...options, dataDir });
  } catch (error) {
    throw asPactError(error, dataDir);
  }
};

const prepare = async (options: EmbeddedPostgresOptions): Promise<Cluster> => {
  const { dataDir, log } = options;
  const sharedDir = options.sharedDir ?? SHARED_DIR;
  const path = join(dataDir, 'postgres');
  refuseOddPath(dataDir);
  await makeDataDir(dataDir);
  const runAs = await findRunAs(path);
  const credentials =
    (await findCredentials(dataDir)) ?? (await createCredentialsUnlessOrphaned(dataDir, path));
  const binaries = await prepareBinaries({ runAs, dataDir, sharedDir, log });
  options.signal?.throwIfAborted();
  if (!(await exists(path))) {
    if (credentials.clusterMade) throw lostCluster(path);
    await makeCluster({
      path,
      dataDir,
      sharedDir,
      runAs,
      binaries,
      credentials,
      settings: options.settings,
      signal: options.signal,
      log,
    });
  }
  const directory = await realCluster(path);
  await checkVersion(directory, binaries);
  if (runAs) await openTo(directory, runAs);
  return { dataDir, directory, binaries, runAs, settings: settingsText(options.settings), credentials, log };
};

/** pg_ctl hands the path to a shell between double quotes and escapes nothing. */
const refuseOddPath = (dataDir: string): void => {
  if (process.platform === 'win32' || !/["$`\\\n]/.test(dataDir)) return;
  throw new PactError('DATA_DIR_UNUSABLE', `The path ${dataDir} holds one of the characters " $ \` \\.`, {
    hint: 'Choose a data folder whose path has none of them.',
  });
};

const makeDataDir = async (dataDir: string): Promise<void> => {
  const made = await mkdir(dataDir, { recursive: true });
  // Root's data folder stays passable: PostgreSQL, as another user, works below it. Secrets in it have
  // modes of their own.
  if (made) await chmod(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
};

const createCredentialsUnlessOrphaned = async (dataDir: string, path: string): Promise<Credentials> => {
  if (!(await exists(path))) return createCredentials(dataDir);
  throw new PactError(
    'DATA_DIR_UNUSABLE',
    `${path} holds a database, but its postgres.json is not in ${dataDir}.`,
    {
      hint: 'Restore postgres.json from a backup of the data folder. The database itself is not damaged.',
    },
  );
};

/** True for a dangling symlink too: it stands for a cluster that once was. */
const exists = async (path: string): Promise<boolean> => {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};

const realCluster = async (path: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw lostCluster(await readlink(path));
  }
};

const lostCluster = (path: string): PactError =>
  new PactError('DATA_DIR_UNUSABLE', `The database of this data folder was in ${path} and is not there.`, {
    hint: 'Mount or restore that folder. To begin again with an empty database, move the data folder away.',
  });

const checkVersion = async (directory: string, binaries: Binaries): Promise<void> => {
  let found: string;
  try {
    found = (await readFile(join(directory, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new PactError(
      'DATA_DIR_UNUSABLE',
      `${directory} is not a PostgreSQL cluster: it has no PG_VERSION.`,
      {
        hint: 'Restore it from a backup, or move it away together with postgres.json to begin with an empty database.',
      },
    );
  }
  const ours = binaries.version.split('.')[0];
  if (found === ours) return;
  throw new PactError(
    'DATABASE_VERSION_MISMATCH',
    `The database in ${directory} was made by PostgreSQL ${found}; this release brings PostgreSQL ${ours}.`,
    {
      hint: `Start the release that made it, take a backup (npm run -s pact -- backup), then restore that into an empty data folder of this release. Nothing was changed.`,
    },
  );
};

const openTo = async (directory: string, runAs: RunAs): Promise<void> => {
  await giveCluster(directory, runAs);
  if (await canEnter(directory, runAs)) return;
  throw new PactError(
    'DATA_DIR_UNUSABLE',
    `PostgreSQL runs as ${runAs.name} here and cannot enter ${directory}: ${closedFolder(directory) ?? 'a folder above it'} is closed to others.`,
    { hint: 'Open that folder for passing (chmod o+x), or move the data folder to a place like /var/lib.' },
  );
};
