import { basename } from 'node:path';
import type { Clock } from '#platform/clock.ts';
import { PactError } from '#platform/errors.ts';
import type { Db } from '../database.ts';
import { type Run, recordBackup, recordFailure } from './backup-runs.ts';
import { type BackupMade, type BackupOrder, makeBackup } from './make-backup.ts';

/**
 * Makes a backup and writes down how it went, also in the audit log.
 * @throws PactError as `makeBackup`
 */
export async function runBackup(
  db: Db,
  clock: Clock,
  run: Omit<Run, 'begunAt'>,
  order: Omit<BackupOrder, 'now'>,
): Promise<BackupMade> {
  const begunAt = clock.now();
  try {
    const made = await makeBackup({ ...order, now: begunAt });
    await recordBackup(db, { ...run, begunAt }, { ...made, file: basename(made.file) }, clock.now());
    return made;
  } catch (error) {
    const code = error instanceof PactError ? error.code : 'INTERNAL';
    // Somebody else's is under way and says how it went; one that was broken off is made at the next start.
    const isUnsaid = code === 'CONFLICT' || order.signal?.aborted;
    if (!isUnsaid) await recordFailure(db, { ...run, begunAt }, code);
    throw error;
  }
}
