import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { PactError } from '#platform/errors.ts';
import { withSteadyClient } from './snapshot.ts';

const INSUFFICIENT_PRIVILEGE = '42501';
/** PostgreSQL's names are of 63 bytes. */
const LONGEST_NAME = 40;

/** Another database on the server of this one. */
export type Beside = { name: string; connectionString: string };

/**
 * An empty database beside this one, with its encoding and order of letters. One of that name is removed before.
 * @throws PactError DATABASE_RIGHTS_MISSING
 */
export const createBeside = (connectionString: string, suffix: string): Promise<Beside> =>
  ask(connectionString, async (client) => {
    const main = await nameOf(client);
    const name = `${main.slice(0, LONGEST_NAME)}_${suffix}`;
    const { rows } = await client.query<{ command: string }>(
      `select format('create database %I template template0 encoding %L lc_collate %L lc_ctype %L',
         $1::text, pg_encoding_to_char(encoding), datcollate, datctype) as command
       from pg_database where datname = current_database()`,
      [name],
    );
    try {
      await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
      await client.query(rows[0]?.command ?? '');
    } catch (error) {
      if ((error as pg.DatabaseError).code !== INSUFFICIENT_PRIVILEGE) throw error;
      throw new PactError('DATABASE_RIGHTS_MISSING', 'The user of DATABASE_URL may not create databases.', {
        cause: error,
        hint: 'Let an administrator of the server say: alter role <user> createdb;',
      });
    }
    return { name, connectionString: urlOf(connectionString, name) };
  });

export const dropBeside = (connectionString: string, name: string): Promise<void> =>
  ask(connectionString, async (client) => {
    await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
  });

/**
 * Puts a database in the place of this one, which stays beside under another name. Each is renamed from the other, since
 * there need not be a third that we may enter.
 * @throws PactError DATABASE_IN_USE while somebody is connected to this one; all is as before then
 */
export async function putInPlace(connectionString: string, made: Beside, asideName: string): Promise<void> {
  const rename = (from: string, to: string) => (client: pg.Client) =>
    client.query(`alter database ${pg.escapeIdentifier(from)} rename to ${pg.escapeIdentifier(to)}`);
  const main = await ask(connectionString, nameOf);
  try {
    await ask(made.connectionString, rename(main, asideName));
  } catch (error) {
    if ((error as pg.DatabaseError).code !== OBJECT_IN_USE) throw error;
    throw inUse(error);
  }
  try {
    await ask(urlOf(connectionString, asideName), rename(made.name, main));
  } catch (error) {
    await ask(made.connectionString, rename(asideName, main));
    throw error;
  }
}

const OBJECT_IN_USE = '55006';

/**
 * Whoever has just left is still to be seen for a moment, so it looks more than once, as PostgreSQL does before it renames.
 * @throws PactError DATABASE_IN_USE where the service, or anybody, stays connected to this database
 */
export const refuseWhileInUse = (connectionString: string): Promise<void> =>
  ask(connectionString, async (client) => {
    for (let look = 1; ; look += 1) {
      const { rowCount } = await client.query(
        `select from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' limit 1`,
      );
      if (!rowCount) return;
      if (look === LOOKS) throw inUse();
      await setTimeout(BETWEEN_LOOKS_MS);
    }
  });

const LOOKS = 20;
const BETWEEN_LOOKS_MS = 100;

const inUse = (cause?: unknown): PactError =>
  new PactError('DATABASE_IN_USE', 'Somebody is connected to the database that is to be replaced.', {
    cause,
    hint: 'Stop every process of the service, and tools such as psql, then restore again.',
  });

export const nameOfDatabase = (connectionString: string): Promise<string> => ask(connectionString, nameOf);

async function nameOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  return rows[0]?.name ?? '';
}

const ask = <T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> =>
  withSteadyClient(connectionString, 'curtain-pact-backup', work);

function urlOf(connectionString: string, database: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}
