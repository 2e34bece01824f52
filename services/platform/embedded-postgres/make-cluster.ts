import { randomBytes } from 'node:crypto';
import { appendFile, chmod, chown, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PactError } from '#platform/errors.ts';
import type { Binaries } from './binaries.ts';
import { runCommand } from './command.ts';
import type { Credentials } from './credentials.ts';
import { codeOf } from './error-code.ts';
import type { Log } from './options.ts';
import { canEnter, type RunAs } from './run-as.ts';
import { SETTINGS_FILE } from './settings.ts';
import { diskHint } from './system-error.ts';

type Order = {
  /** Where the cluster, or the symlink to it, goes. */
  path: string;
  dataDir: string;
  sharedDir: string;
  runAs: RunAs | undefined;
  binaries: Binaries;
  credentials: Credentials;
  settings: Record<string, string> | undefined;
  signal: AbortSignal | undefined;
  log: Log;
};

/**
 * Makes a new cluster beside its place and renames it there, so that a crash half-way leaves nothing that
 * looks like a cluster. Where PostgreSQL's user cannot enter the data folder, the cluster lives elsewhere
 * and the data folder gets a symlink.
 */
export const makeCluster = async (order: Order): Promise<void> => {
  if (await canEnter(order.dataDir, order.runAs)) {
    const stage = await mkdtemp(`${order.path}.new-`);
    await fill(stage, order, (made) => rename(made, order.path));
    return;
  }
  const home = await findSharedHome(order);
  const stage = await mkdtemp(join(home, 'new-'));
  const directory = join(home, randomBytes(8).toString('hex'));
  await fill(stage, order, async (made) => {
    await rename(made, directory);
    try {
      await symlink(directory, order.path);
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
    order.log('warn', 'database.kept-elsewhere', {
      directory,
      why: `${order.runAs?.name} cannot enter ${order.dataDir}, and PostgreSQL does not run as root`,
      todo: 'back up this folder together with the data folder',
    });
  });
};

const fill = async (stage: string, order: Order, place: (made: string) => Promise<void>): Promise<void> => {
  const made = join(stage, 'cluster');
  try {
    await initialise(stage, made, order);
    await place(made);
  } catch (error) {
    // Another start was quicker: its cluster is as good, and has the same password.
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
};

const initialise = async (stage: string, made: string, order: Order): Promise<void> => {
  const { runAs, credentials } = order;
  const passwordFile = join(stage, 'password');
  await writeFile(passwordFile, credentials.password, { mode: 0o600 });
  if (runAs) for (const path of [stage, passwordFile]) await chown(path, runAs.uid, runAs.gid);
  const options = [
    `--pgdata=${made}`,
    `--username=${credentials.user}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The same order of text on every system, whatever locales it has installed.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(order.settings?.fsync === 'off' ? ['--no-sync'] : []),
  ];
  const done = await runCommand(order.binaries.initdb, options, {
    as: runAs,
    timeoutMs: 120_000,
    signal: order.signal,
  });
  order.signal?.throwIfAborted();
  if (!done.ok) {
    throw new PactError('DATABASE_START_FAILED', `initdb could not make the database: ${tail(done.output)}`, {
      hint:
        diskHint(done.output) ?? 'The data folder was left as it was; start again once the cause is gone.',
    });
  }
  // Created by initdb with this content's owner and mode, so they are only added to.
  await appendFile(join(made, 'postgresql.conf'), `\ninclude_if_exists '${SETTINGS_FILE}'\n`);
  // The first line is for whoever sets `unix_socket_directories`, which is empty by default.
  const ways = 'local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n';
  await writeFile(join(made, 'pg_hba.conf'), ways);
};

/** `/var/lib/curtain-pact`, else a folder of our own in the temporary one. */
const findSharedHome = async ({ sharedDir, runAs, log }: Order): Promise<string> => {
  const home = join(sharedDir, 'clusters');
  try {
    await mkdir(home, { recursive: true });
    for (const path of [sharedDir, home]) await chmod(path, 0o711);
    if (await canEnter(home, runAs)) return home;
  } catch (error) {
    log('warn', 'database.shared-folder-unusable', { sharedDir, code: codeOf(error) });
  }
  const temporary = await mkdtemp(join(tmpdir(), 'curtain-pact-'));
  await chmod(temporary, 0o711);
  log('warn', 'database.in-temporary-folder', {
    directory: temporary,
    danger: 'THIS SYSTEM MAY EMPTY ITS TEMPORARY FOLDER: EVERY RECORD WOULD BE LOST',
    todo: `make ${sharedDir} writable, or set DATABASE_URL`,
  });
  return temporary;
};

const tail = (output: string): string => output.split('\n').slice(-4).join(' ');
