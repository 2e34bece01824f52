import { BackupView } from '#contracts/http/backup.ts';
import { isOldBackup } from '#pact/backup.ts';
import { readBackupHealth } from '#store/doctor/read-backup-health.ts';
import { toInstant } from '#store/instant.ts';
import type { ApiApp, ApiContext } from './context.ts';
import { OFFICE } from './rights.ts';

/** Whether what the office has entered would come back from another machine. */
export function backupRoutes(app: ApiApp, { db, clock, backsUp }: ApiContext): void {
  app.get(
    '/backups',
    {
      config: { rights: OFFICE },
      schema: {
        tags: ['operations'],
        summary: 'The last backup that went through, and the last try where it failed',
        response: { 200: BackupView },
      },
    },
    async () => {
      const { last, failed } = await readBackupHealth(db);
      return {
        nightly: backsUp,
        last: last && {
          ...last,
          at: last.at.toISOString(),
          isOld: isOldBackup(toInstant(last.at), clock.now()),
        },
        failed: failed && { ...failed, at: failed.at.toISOString() },
      };
    },
  );
}
