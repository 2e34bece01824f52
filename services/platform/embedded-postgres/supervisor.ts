import { setTimeout as sleep } from 'node:timers/promises';
import { PactError, reasonOf } from '#platform/errors.ts';
import { type Cluster, prepareCluster } from './cluster.ts';
import { connectionStringOf } from './credentials.ts';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from './options.ts';
import { stopServer } from './server.ts';
import { boundServerLog } from './server-log.ts';
import type { Session } from './session.ts';
import { asPactError } from './system-error.ts';
import { stopUnowned, takeServer } from './take-server.ts';

/**
 * Starts PostgreSQL over the data folder, or takes over the one that a killed process of ours left, and
 * keeps it running until `stop`. One process owns a data folder at a time.
 *
 * @throws PactError DATABASE_BINARIES_MISSING, DATABASE_START_FAILED, DATABASE_VERSION_MISMATCH,
 * DATA_DIR_IN_USE, DATA_DIR_UNUSABLE
 */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const cluster = await prepareCluster(options);
  try {
    const { signal } = options;
    const first = await takeServer(cluster, signal ? { signal } : {});
    if (signal?.aborted) {
      await stopServer(cluster);
      await first.end();
      throw signal.reason;
    }
    options.log('info', 'database.started', { directory: cluster.directory, port: cluster.credentials.port });
    return supervise(cluster, first, options);
  } catch (error) {
    throw asPactError(error, cluster.dataDir);
  }
};

const supervise = (cluster: Cluster, first: Session, options: EmbeddedPostgresOptions): EmbeddedPostgres => {
  const ending = new AbortController();
  let session: Session | undefined;
  let recovery = Promise.resolve();
  let lost = false;
  let stopped: Promise<void> | undefined;

  const watch = (taken: Session): void => {
    session = taken;
    void taken.ended.then((why) => {
      session = undefined;
      if (!ending.signal.aborted) recovery = recover(why);
    });
  };

  /** Never gives up while the folder is ours: a full disk may be freed at any time. */
  const recover = async (why: string): Promise<void> => {
    const since = performance.now();
    cluster.log('warn', 'database.lost', { why });
    for (let pauseMs = 100; !ending.signal.aborted; pauseMs = Math.min(pauseMs * 2, 2_000)) {
      try {
        watch(await takeServer(cluster, { keepPort: true, signal: ending.signal }));
        cluster.log('info', 'database.back', { afterMs: Math.round(performance.now() - since) });
        return;
      } catch (error) {
        if (ending.signal.aborted) return;
        cluster.log('warn', 'database.restart-failed', { why: reasonOf(error) });
        if (error instanceof PactError && error.code === 'DATA_DIR_IN_USE') {
          lost = true;
          options.onLost?.(error);
          return;
        }
        await sleep(pauseMs);
      }
    }
  };

  const bounding = setInterval(() => {
    boundServerLog(cluster.directory).catch((error: unknown) =>
      cluster.log('warn', 'database.log-unbounded', { why: reasonOf(error) }),
    );
  }, 60_000);
  bounding.unref();

  const stop = async (): Promise<void> => {
    ending.abort();
    clearInterval(bounding);
    await recovery;
    // By now the server is another process's.
    if (lost) return;
    if (session) await stopServer(cluster);
    else await stopUnowned(cluster);
    await session?.end();
    cluster.log('info', 'database.stopped', { directory: cluster.directory });
  };

  watch(first);
  return {
    connectionString: connectionStringOf(cluster.credentials),
    dataDirectory: cluster.directory,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
};
