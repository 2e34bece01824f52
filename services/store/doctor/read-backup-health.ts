import type { Db } from '../database.ts';

export type BackupHealth = {
  /** Whether there is a key to seal one for; without it none can be made by itself. */
  hasKey: boolean;
  /** The newest one that went through, restored once. */
  last: { at: Date; file: string; bytes: number; nightly: boolean } | null;
  /** The newest try, where it did not come about, and the code of its fault. */
  failed: { at: Date; code: string } | null;
};

export async function readBackupHealth(db: Db): Promise<BackupHealth> {
  const key = await db.selectFrom('backup_key').select('recipient').executeTakeFirst();
  const last = await db
    .selectFrom('backup_run')
    .select(['completed_at as at', 'file', 'bytes', 'nightly_on as night'])
    .where('completed_at', 'is not', null)
    .orderBy('completed_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  const latest = await db
    .selectFrom('backup_run')
    .select(['begun_at as at', 'failure as code'])
    .orderBy('begun_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return {
    hasKey: key !== undefined,
    last: last?.at
      ? { at: last.at, file: last.file ?? '', bytes: last.bytes ?? 0, nightly: last.night !== null }
      : null,
    failed: latest?.code ? { at: latest.at, code: latest.code } : null,
  };
}
