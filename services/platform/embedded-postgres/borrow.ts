import { prepareCluster } from './cluster.ts';
import { connectionStringOf } from './credentials.ts';
import { isUnused, markBorrowed } from './locks.ts';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from './options.ts';
import { stopServer } from './server.ts';
import type { Session } from './session.ts';
import { asPactError } from './system-error.ts';
import { openPrepared } from './take-server.ts';

/**
 * For command-line tools: the server that runs over this data folder, else one started for the time being.
 * `stop` stops it only if a tool started it and neither the service nor another tool uses it by now.
 *
 * @throws PactError as `startEmbeddedPostgres`, but never DATA_DIR_IN_USE
 */
export const borrowEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const cluster = await prepareCluster(options);
  let session: Session;
  try {
    session = await openPrepared(cluster, { startedBy: 'borrower' }, async (server) => {
      await markBorrowed(server.session);
      return 'ready';
    });
  } catch (error) {
    throw asPactError(error, cluster.dataDir);
  }
  let over: string | undefined;
  void session.ended.then((why) => {
    over = why;
  });

  const stop = async (): Promise<void> => {
    // The service may have stopped or restarted the server meanwhile: then nothing here is ours to stop.
    if (over === undefined && (await wasStartedByTool(session)) && (await isUnused(session))) {
      await stopServer(cluster);
    }
    await session.end();
  };
  let stopped: Promise<void> | undefined;
  return {
    connectionString: connectionStringOf(cluster.credentials),
    dataDirectory: cluster.directory,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
};

const wasStartedByTool = async (session: Session): Promise<boolean> => {
  const [row] = await session.query<{ starter: string | null }>(
    `select current_setting('curtain_pact.started_by', true) as starter`,
  );
  return row?.starter === 'borrower';
};
