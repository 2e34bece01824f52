import { access, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type pg from 'pg';
import type { Temporal } from 'temporal-polyfill';
import { packArchive, unpackArchive } from '#platform/backup/archive.ts';
import { createRecoveryKey } from '#platform/backup/recovery-key.ts';
import { readSealed, writeSealed } from '#platform/backup/sealed-file.ts';
import { PactError, reasonOf } from '#platform/errors.ts';
import { withScratch } from './scratch.ts';
import { loadSnapshot, type Manifest, takeSnapshot, withSteadyClient } from './snapshot.ts';

export type BackupOrder = {
  connectionString: string;
  serverKey: Buffer;
  /** Whose key opens it. */
  recipient: string;
  file: string;
  now: Temporal.Instant;
  /** Breaks it off; nothing is left of it then. */
  signal?: AbortSignal;
};

export type BackupMade = {
  file: string;
  bytes: number;
  tables: number;
  rows: number;
  /** Where it was restored to see that it can be: beside the database, or in a PostgreSQL of its own. */
  verified: 'beside' | 'apart';
};

const BACKUP_LOCK = 7_305_302;

/**
 * Writes a backup and restores it once from the very file. Only then does it get its name: a file without `.part` at its
 * end is whole. The other half of the recovery key is not here; the file is sealed for a second key too, which
 * exists in this function alone and opens it for that one restore (ADR 18).
 * @throws PactError CONFLICT, BACKUP_FAILED, as it does where a database cannot be made for that
 */
export async function makeBackup(order: BackupOrder): Promise<BackupMade> {
  const { connectionString, file, signal } = order;
  await refuseExisting(file);
  const make = async (client: pg.Client): Promise<BackupMade> => {
    const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [
      BACKUP_LOCK,
    ]);
    if (!rows[0]?.got) throw new PactError('CONFLICT', 'Another backup is being made of this database.');
    const part = `${file}.part`;
    const own = await createRecoveryKey();
    await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw asFailure(error);
    });
    try {
      // Left by a process that was killed: nobody else makes one now.
      await rm(part, { force: true });
      const parts = packArchive(takeSnapshot(client, order));
      const bytes = await writeSealed(part, [order.recipient, own.recipient], parts);
      const { result, where } = await withScratch(connectionString, (scratch) =>
        loadSnapshot(scratch, unpackArchive(readSealed(part, own.identity)), signal ? { signal } : {}),
      );
      await rename(part, file);
      return { file, bytes, ...sumOf(result.manifest), verified: where };
    } catch (error) {
      await rm(part, { force: true });
      throw asFailure(error);
    }
  };
  return withSteadyClient(connectionString, 'curtain-pact-backup', make, signal);
}

const sumOf = ({ tables }: Manifest) => ({
  tables: tables.length,
  rows: tables.reduce((sum, { rows }) => sum + rows, 0),
});

async function refuseExisting(file: string): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere)
    throw new PactError('CONFLICT', `${basename(file)} is there already; backups are never replaced.`);
}

function asFailure(error: unknown): PactError {
  // What a restore from the file found wrong with it means that none was made.
  const isKnown = error instanceof PactError && !error.code.startsWith('BACKUP_');
  if (isKnown) return error;
  return new PactError('BACKUP_FAILED', `No backup was made: ${reasonOf(error)}`, {
    cause: error,
    hint: 'Look at the room and the rights of the folder that it goes to, then try again.',
  });
}

/** `curtain-pact-20261126T031500Z.age`: names that sort by time. */
export const backupName = (now: Temporal.Instant): string =>
  `curtain-pact-${now.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '')}.age`;

export const BACKUP_NAME = /^curtain-pact-\d{8}T\d{6}Z\.age$/;

/** @returns whether it is a folder that is there */
export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
