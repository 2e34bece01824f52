import { randomBytes } from 'node:crypto';
import { chown, link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PactError } from '#platform/errors.ts';
import { codeOf, isMissing } from './error-code.ts';

/** `postgres.json`: all that a client needs. The port is the last one used, 0 before the first start. */
export type Credentials = {
  host: '127.0.0.1';
  port: number;
  user: string;
  password: string;
  database: string;
  /** From here on a missing cluster is a lost one (a mount that is not there), never a reason for a new one. */
  clusterMade: boolean;
};

export const credentialsFile = (dataDir: string): string => join(dataDir, 'postgres.json');

export const connectionStringOf = ({ user, password, host, port, database }: Credentials): string =>
  `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;

/** Reads `postgres.json`; undefined if the data folder has none yet. */
export const findCredentials = async (dataDir: string): Promise<Credentials | undefined> => {
  const file = credentialsFile(dataDir);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const read = parse(text);
  if (typeof read?.password === 'string' && typeof read.port === 'number') return read;
  throw new PactError('DATA_DIR_UNUSABLE', `${file} cannot be read as the database's credentials.`, {
    hint: 'Restore it from a backup of the data folder. The database itself is not damaged.',
  });
};

/** Makes `postgres.json`; of two starts at once both get the one that was first. */
export const createCredentials = async (dataDir: string): Promise<Credentials> => {
  const made: Credentials = {
    host: '127.0.0.1',
    port: 0,
    user: 'curtain_pact',
    password: randomBytes(32).toString('base64url'),
    database: 'curtain_pact',
    clusterMade: false,
  };
  await writeVia(dataDir, made, async (temporary, file) => {
    try {
      await link(temporary, file);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    await rm(temporary, { force: true });
  });
  return (await findCredentials(dataDir)) ?? made;
};

export const saveCredentials = (dataDir: string, credentials: Credentials): Promise<void> =>
  writeVia(dataDir, credentials, rename);

const writeVia = async (
  dataDir: string,
  credentials: Credentials,
  place: (temporary: string, file: string) => Promise<void>,
): Promise<void> => {
  const file = credentialsFile(dataDir);
  const temporary = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  await writeFile(temporary, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flush: true });
  // A tool run by root must leave the file readable for the service's own user.
  if (process.getuid?.() === 0) {
    const owner = await stat(dirname(file));
    await chown(temporary, owner.uid, owner.gid);
  }
  await place(temporary, file);
};

const parse = (text: string): Credentials | undefined => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};
