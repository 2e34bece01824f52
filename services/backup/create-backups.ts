import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { dueBackup } from '#pact/backup.ts';
import type { Clock } from '#platform/clock.ts';
import { PactError, reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import type { Service } from '#platform/service.ts';
import { sleep } from '#platform/sleep.ts';
import { findNight, findRecipient, recordFailure } from '#store/backup/backup-runs.ts';
import { BACKUP_NAME, backupName } from '#store/backup/make-backup.ts';
import { runBackup } from '#store/backup/run-backup.ts';
import type { Db } from '#store/database.ts';

export type BackupsConfig = {
  /** Where they go; without it none is made. */
  dir: string | undefined;
  /** How many stay there. */
  keep: number;
  connectionString: string;
  /** Wall milliseconds between two looks whether it is time. */
  lookEveryMs: number;
};

export type BackupsPorts = { db: Db; clock: Clock; logger: Logger; secretKey: Buffer };

const BY = { kind: 'system' };

/**
 * Makes a backup every night and removes the oldest. Beside the sweeps and in no one's way: it reads by one connection, and
 * of several processes the first one makes it. What went wrong is in the log, in the database and with `pact doctor`;
 * nobody is paged less for it.
 */
export function createBackups(config: BackupsConfig, ports: BackupsPorts): Service {
  let ending = new AbortController();
  let loop: Promise<void> = Promise.resolve();
  const { dir } = config;

  const run = async (folder: string): Promise<void> => {
    while (!ending.signal.aborted) {
      await backUpWhenDue(folder, config, ports, ending.signal).catch((error: unknown) => {
        if (ending.signal.aborted) return;
        const code = error instanceof PactError ? error.code : 'INTERNAL';
        ports.logger.error({ event: 'backup.failed', code, why: reasonOf(error) });
      });
      await sleep(config.lookEveryMs, ending.signal);
    }
  };

  return {
    name: 'backups',
    async start() {
      if (dir === undefined) return;
      ending = new AbortController();
      loop = run(resolve(dir));
    },
    async stop() {
      ending.abort();
      await loop;
    },
  };
}

async function backUpWhenDue(
  folder: string,
  { connectionString, keep }: BackupsConfig,
  { db, clock, logger, secretKey: serverKey }: BackupsPorts,
  signal: AbortSignal,
): Promise<void> {
  const begunAt = clock.now();
  const night = await findNight(db);
  const nightlyOn = night && dueBackup(begunAt, night.timeZone, night.last);
  if (!nightlyOn) return;
  const recipient = await findRecipient(db);
  if (!recipient) {
    await recordFailure(db, { nightlyOn, begunAt, actor: BY }, 'NOT_FOUND');
    throw new PactError('NOT_FOUND', 'There is no recovery key yet: run `npm run -s pact -- backup` once.');
  }
  const order = { connectionString, serverKey, recipient, file: join(folder, backupName(begunAt)), signal };
  const made = await runBackup(db, clock, { nightlyOn, actor: BY }, order).catch((error: unknown) => {
    // Another process makes it.
    if (error instanceof PactError && error.code === 'CONFLICT') return undefined;
    throw error;
  });
  if (!made) return;
  logger.info({ event: 'backup.done', bytes: made.bytes, rows: made.rows, verified: made.verified });
  await removeOldest(folder, keep);
}

/** Their names sort by time. What is not named as ours is not touched. */
async function removeOldest(folder: string, keep: number): Promise<void> {
  const backups = (await readdir(folder)).filter((name) => BACKUP_NAME.test(name)).sort();
  for (const name of backups.slice(0, -keep)) await rm(join(folder, name));
}
