import { PactError, reasonOf } from '#platform/errors.ts';
import type { Cluster } from './cluster.ts';
import { codeOf } from './error-code.ts';
import { takeOwnership } from './locks.ts';
import { findPostmaster } from './postmaster.ts';
import { type Opening, type OpenServer, openServer, stopServer } from './server.ts';
import { ask, type Session } from './session.ts';
import { readSettings } from './settings.ts';

const ATTEMPTS = 5;

/**
 * A session with the server after `prepare` has run on it. A tool may stop the server it started just
 * when somebody else has found it: then all begins again.
 */
export const openPrepared = async (
  cluster: Cluster,
  opening: Opening,
  prepare: (server: OpenServer) => Promise<'ready' | 'again'>,
): Promise<Session> => {
  for (let attempt = 1; ; attempt += 1) {
    const server = await openServer(cluster, opening);
    try {
      if ((await prepare(server)) === 'ready') {
        await makeDatabase(server.session, cluster.credentials.database);
        return server.session;
      }
      await server.session.end();
    } catch (error) {
      await server.session.end();
      if (error instanceof PactError || attempt === ATTEMPTS) throw error;
      cluster.log('info', 'database.gone-again', { why: reasonOf(error) });
    }
  }
};

/** The server, owned by us and running with our settings and our binaries. */
export const takeServer = (cluster: Cluster, opening: Omit<Opening, 'startedBy'>): Promise<Session> =>
  openPrepared(cluster, { ...opening, startedBy: 'owner' }, async ({ session, started }) => {
    await takeOwnership(session, cluster);
    if (started) return 'ready';
    if (await isCurrent(session, cluster)) {
      cluster.log('info', 'database.taken-over', { directory: cluster.directory });
      return 'ready';
    }
    cluster.log('info', 'database.restarted-for-settings', { directory: cluster.directory });
    await stopServer(cluster);
    return 'again';
  });

/** Stops a server that runs and that no process owns: one whose start we broke off. */
export const stopUnowned = async (cluster: Cluster): Promise<void> => {
  const found = await findPostmaster(cluster.directory);
  const answer = 'port' in found ? await ask(cluster, found.port) : undefined;
  if (!answer?.ready) return;
  try {
    await takeOwnership(answer.session, cluster, 0);
    await stopServer(cluster);
  } finally {
    await answer.session.end();
  }
};

const isCurrent = async (session: Session, cluster: Cluster): Promise<boolean> => {
  const [row] = await session.query<{ version: string }>(
    `select current_setting('server_version') as version`,
  );
  return row?.version === cluster.binaries.version && (await readSettings(cluster)) === cluster.settings;
};

const makeDatabase = async (session: Session, name: string): Promise<void> => {
  const found = await session.query('select 1 from pg_database where datname = $1', [name]);
  if (found.length > 0) return;
  try {
    await session.query(`create database "${name}"`);
  } catch (error) {
    // A service and a tool that start together both see it missing: 42P04, or 23505 in the same instant.
    if (codeOf(error) !== '42P04' && codeOf(error) !== '23505') throw error;
  }
};
