import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Temporal } from 'temporal-polyfill';
import { isOldBackup } from '#pact/backup.ts';
import type { DoctorText } from '#pact/text/doctor.ts';
import type { Config } from '#platform/config.ts';
import type { BackupHealth } from '#store/doctor/read-backup-health.ts';
import { toInstant } from '#store/instant.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Whether there is a backup of late, and on another disk than what it is of. */
export async function examineBackups(
  { hasKey, last, failed }: BackupHealth,
  { backup, dataDir, databaseUrl }: Config,
  now: Temporal.Instant,
  text: DoctorText,
): Promise<Finding[]> {
  const hours = last ? Math.round((now.epochMilliseconds - last.at.getTime()) / 3_600_000) : 0;
  const age = !last
    ? warn('backupNever', text.backupNever())
    : isOldBackup(toInstant(last.at), now)
      ? warn('backupOld', text.backupOld({ days: Math.round(hours / 24) }))
      : ok('backup', text.backup({ hours }));
  const [data, backups] = await Promise.all([
    deviceOf(resolve(dataDir)),
    deviceOf(resolve(backup.dir ?? join(dataDir, 'backups'))),
  ]);
  const isTogether = !databaseUrl && backups !== undefined && data === backups;
  return [
    age,
    // Without a key none can be made by itself, and that there never was one says it all.
    ...(failed && hasKey ? [fail('backupFailed', text.backupFailed({ code: failed.code }))] : []),
    ...(isTogether ? [warn('backupSameDisk', text.backupSameDisk())] : []),
  ];
}

const deviceOf = (folder: string): Promise<number | undefined> =>
  stat(folder).then(
    ({ dev }) => dev,
    () => undefined,
  );
