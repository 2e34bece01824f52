import { realpath } from 'node:fs/promises';
import { hostname } from 'node:os';
import pg from 'pg';
import { PactError, reasonOf } from '#platform/errors.ts';
import type { Cluster } from './cluster.ts';
import { credentialsFile } from './credentials.ts';
import { codeOf, isMissing } from './error-code.ts';

/** One connection to the maintenance database, kept for its locks and for the news of its end. */
export type Session = {
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Settles with the reason when the connection is gone, whoever ended it. */
  ended: Promise<string>;
  end(): Promise<void>;
};

/** The session, or why there is none yet: the server starts, recovers, stops, or is somebody else's. */
export type Answer = { ready: true; session: Session } | { ready: false; why: string };

/** Connects and asks the server which folder it serves before anything is believed of it. */
export const ask = async (cluster: Cluster, port: number): Promise<Answer> => {
  const { user, password, host } = cluster.credentials;
  const client = new pg.Client({
    host,
    port,
    user,
    password,
    database: 'postgres',
    ssl: false,
    application_name: `curtain-pact process ${process.pid} on ${hostname()}`.slice(0, 63),
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
    keepAlive: true,
  });
  const session = wrap(client);
  try {
    await client.connect();
    const [row] = await session.query<{ data_directory: string }>('show data_directory');
    const served = await realOf(row?.data_directory ?? '');
    if (served === cluster.directory) return { ready: true, session };
    await session.end();
    return { ready: false, why: `port ${port} belongs to another PostgreSQL` };
  } catch (error) {
    await session.end();
    if (codeOf(error)?.startsWith('28')) throw wrongPassword(cluster, error);
    return { ready: false, why: reasonOf(error) };
  }
};

const wrap = (client: pg.Client): Session => {
  let why = 'closed';
  const ended = new Promise<string>((resolve) => client.once('end', () => resolve(why)));
  // Without a listener a server that goes away would end this process.
  client.on('error', (error: Error) => {
    why = error.message;
  });
  return {
    query: async <Row extends pg.QueryResultRow>(sql: string, values?: unknown[]) =>
      (await client.query<Row>(sql, values)).rows,
    ended,
    end: () => client.end(),
  };
};

const realOf = async (path: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch (error) {
    // A server in another container may serve a folder that is not here.
    if (isMissing(error)) return path;
    throw error;
  }
};

const wrongPassword = (cluster: Cluster, cause: unknown): PactError =>
  new PactError(
    'DATA_DIR_UNUSABLE',
    `The database refuses the password in ${credentialsFile(cluster.dataDir)}: the two do not belong together.`,
    { cause, hint: 'Restore postgres.json from the same backup as the database.' },
  );
