import type { Temporal } from 'temporal-polyfill';
import type { LastNight } from '#pact/backup.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Db } from '../database.ts';
import { toDate, toInstant } from '../instant.ts';

/** For whose key backups are sealed; undefined until somebody has made a recovery key. */
export async function findRecipient(db: Db): Promise<string | undefined> {
  const row = await db.selectFrom('backup_key').select('recipient').executeTakeFirst();
  return row?.recipient;
}

export async function saveRecipient(db: Db, recipient: string): Promise<void> {
  await db
    .insertInto('backup_key')
    .values({ recipient })
    .onConflict((conflict) => conflict.column('only_one').doUpdateSet({ recipient }))
    .execute();
}

/** The zone in which nights are counted, and how the last one's backup went; undefined without a community. */
export async function findNight(db: Db): Promise<{ timeZone: string; last?: LastNight } | undefined> {
  const community = await db
    .selectFrom('community')
    .select('time_zone')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  if (!community) return undefined;
  const last = await db
    .selectFrom('backup_run')
    .select(['nightly_on', 'begun_at', 'completed_at'])
    .where('nightly_on', 'is not', null)
    .orderBy('nightly_on', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!last?.nightly_on) return { timeZone: community.time_zone };
  const { nightly_on: on, begun_at, completed_at } = last;
  return {
    timeZone: community.time_zone,
    last: { on, begunAt: toInstant(begun_at), done: completed_at !== null },
  };
}

/** Of the night whose backup it was, for one that somebody asked for none. */
export type Run = { nightlyOn?: string; begunAt: Temporal.Instant; actor: { kind: string } };

export async function recordBackup(
  db: Db,
  run: Run,
  { file, bytes }: { file: string; bytes: number },
  now: Temporal.Instant,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const entry = { actor: run.actor, action: 'backup.make', subjectKind: 'backup' };
    await recordAudit(tx, entry, now);
    await writeRun(tx, run, { file, bytes, completed_at: toDate(now), failure: null });
  });
}

/** @param code the fault's; its words may name folders of the machine */
export const recordFailure = (db: Db, run: Run, code: string): Promise<void> =>
  writeRun(db, run, { failure: code });

async function writeRun(
  db: Db,
  { nightlyOn, begunAt }: Run,
  ended: { completed_at?: Date; file?: string; bytes?: number; failure: string | null },
): Promise<void> {
  const row = { begun_at: toDate(begunAt), ...ended };
  await db
    .insertInto('backup_run')
    .values({ nightly_on: nightlyOn ?? null, ...row })
    .onConflict((conflict) => conflict.column('nightly_on').doUpdateSet(row))
    .execute();
}
