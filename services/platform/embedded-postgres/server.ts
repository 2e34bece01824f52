import { PactError } from '#platform/errors.ts';
import { sleep } from '#platform/sleep.ts';
import type { Cluster } from './cluster.ts';
import { type CommandResult, runCommand } from './command.ts';
import { saveCredentials } from './credentials.ts';
import { findFreePort } from './port.ts';
import { disarmStaleLock, findPostmaster } from './postmaster.ts';
import {
  boundServerLog,
  makeServerLogFolder,
  serverLog,
  serverLogSince,
  serverLogSize,
} from './server-log.ts';
import { ask, type Session } from './session.ts';
import { writeSettings } from './settings.ts';
import { diskHint } from './system-error.ts';

/** How long a recovery after a crash may take before we say so. */
const PATIENCE_MS = 30_000;
const NEVER = new AbortController().signal;

export type Opening = {
  /** Written into the server, so that a tool knows whether it may stop it. */
  startedBy: 'owner' | 'borrower';
  /** Clients already know the port: wait for it rather than take another. */
  keepPort?: boolean;
  signal?: AbortSignal;
};

export type OpenServer = { session: Session; started: boolean };

/**
 * A session with the server of this cluster: the one that runs, else a new one. There is never a second
 * server over one folder: what runs is found by its process, believed by its own answer, and PostgreSQL's
 * own lock file decides between two starts.
 *
 * @throws PactError DATABASE_START_FAILED, DATA_DIR_UNUSABLE
 */
export const openServer = async (cluster: Cluster, opening: Opening): Promise<OpenServer> => {
  const until = performance.now() + PATIENCE_MS;
  let started = false;
  let why = '';
  for (let pauseMs = 25; performance.now() < until; pauseMs = Math.min(pauseMs * 2, 500)) {
    if (opening.signal?.aborted) {
      if (started) await stopServer(cluster);
      throw opening.signal.reason;
    }
    const found = await findPostmaster(cluster.directory);
    const answer = 'port' in found ? await ask(cluster, found.port) : undefined;
    if (answer?.ready && 'port' in found) {
      await rememberPort(cluster, found.port);
      return { session: answer.session, started };
    }
    if (answer && !answer.ready) why = answer.why;
    if (found.state === 'stale') {
      disarmStaleLock(cluster.directory, found);
      cluster.log('info', 'database.stale-lock', { pid: found.pid });
    }
    if (found.state !== 'ours') {
      const failure = await start(cluster, opening);
      if (failure === undefined) {
        started = true;
        continue;
      }
      why = failure;
    }
    await sleep(pauseMs, opening.signal ?? NEVER);
  }
  throw new PactError('DATABASE_START_FAILED', `PostgreSQL did not answer within 30 s: ${why}`, {
    hint: `It may still be recovering: start again in a minute. Its log is ${serverLog(cluster.directory)}.`,
  });
};

/** Stops the server within 5 s: fast, and where it hangs immediately, which costs a recovery and no data. */
export const stopServer = async (cluster: Cluster): Promise<void> => {
  for (const [mode, seconds] of [
    ['fast', 3],
    ['immediate', 2],
  ] as const) {
    const found = await findPostmaster(cluster.directory);
    // pg_ctl would signal whatever process the file names.
    if (found.state === 'absent' || found.state === 'stale') return;
    const args = ['stop', '-w', '-m', mode, '-t', String(seconds), '-D', cluster.directory];
    const done = await runCommand(cluster.binaries.pgCtl, args, { as: cluster.runAs });
    if (done.ok) return;
    cluster.log('warn', 'database.stop-slow', { mode, said: done.output });
  }
};

/** Undefined once the server answers; else why it could not be started this time. */
const start = async (cluster: Cluster, opening: Opening): Promise<string | undefined> => {
  const { directory, credentials, runAs } = cluster;
  const port = opening.keepPort ? credentials.port : await findFreePort(credentials.port);
  await writeSettings(cluster);
  await makeServerLogFolder(directory, runAs);
  await boundServerLog(directory);
  const offset = await serverLogSize(directory);
  const flags = `-p ${port} -c curtain_pact.started_by=${opening.startedBy}`;
  const args = ['start', '-w', '-t', '25', '-D', directory, '-l', serverLog(directory), '-o', flags];
  // pg_ctl gives the server a session of its own: neither our end nor Ctrl-C in our terminal reaches it.
  const starting = runCommand(cluster.binaries.pgCtl, args, { as: runAs, cwd: directory });
  const done = await breakOff(starting, cluster, opening.signal);
  if (done.ok) return undefined;
  const said = `${await serverLogSince(directory, offset)}\n${done.output}`.trim();
  if (PASSING.test(said)) return said.split('\n').find((line) => PASSING.test(line));
  throw new PactError(
    'DATABASE_START_FAILED',
    `PostgreSQL did not start: ${said.split('\n').slice(-6).join(' ')}`,
    {
      hint: diskHint(said) ?? `The reason stands above and in ${serverLog(directory)}.`,
    },
  );
};

/**
 * Ends a start that the signal breaks off. pg_ctl itself is left to end: killed, it would leave a server of which
 * nobody knows yet. It ends as soon as its server does.
 * @throws the signal's reason
 */
const breakOff = async (
  starting: Promise<CommandResult>,
  cluster: Cluster,
  signal: AbortSignal = NEVER,
): Promise<CommandResult> => {
  let isRunning = true;
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    void starting.finally(() => {
      isRunning = false;
      resolve();
    });
  });
  if (!signal.aborted) await aborted;
  while (isRunning) {
    await stopServer(cluster);
    await sleep(50, NEVER);
  }
  if (signal.aborted) {
    await stopServer(cluster);
    throw signal.reason;
  }
  return starting;
};

/** The port was taken in between, another start was quicker, or a killed server's children still end. */
const PASSING =
  /already in use|could not bind|lock file .* already exists|shared memory block .* still in use|did not start in time/;

const rememberPort = async (cluster: Cluster, port: number): Promise<void> => {
  if (cluster.credentials.port === port && cluster.credentials.clusterMade) return;
  cluster.credentials = { ...cluster.credentials, port, clusterMade: true };
  await saveCredentials(cluster.dataDir, cluster.credentials);
};
