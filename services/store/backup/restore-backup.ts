import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { unpackArchive } from '#platform/backup/archive.ts';
import { readSealed } from '#platform/backup/sealed-file.ts';
import { PactError } from '#platform/errors.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { createDatabase, createPool } from '../connect.ts';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';
import { migrateToLatest } from '../migrate.ts';
import { createBeside, dropBeside, nameOfDatabase, putInPlace, refuseWhileInUse } from './beside.ts';
import { loadSnapshot, type Manifest, type Progress } from './snapshot.ts';

export type RestoreOrder = {
  connectionString: string;
  file: string;
  identity: string;
  /** Puts what is there aside; without it only a database that holds nothing of anybody is replaced. */
  replace: boolean;
  now: Temporal.Instant;
  onProgress: Progress;
  /** Makes ready to keep the backup's secrets under their key from now on; throws where that cannot be. */
  prepareServerKey(key: Buffer): Promise<{ commit(): Promise<void> }>;
};

export type Restored = {
  manifest: Manifest;
  /** The numbers of the homes whose alerts were open then: paging goes on for them. */
  openAlerts: string[];
  /** The name under which the database of before is kept; undefined where there was nothing in it. */
  aside: string | undefined;
};

/**
 * Restores a backup into a new database, brings it to the newest version, and only when all of it is there puts it in the
 * place of the present one.
 * @throws PactError DATABASE_IN_USE, DATABASE_NOT_EMPTY, DATABASE_RIGHTS_MISSING, BACKUP_KEY_WRONG, BACKUP_DAMAGED,
 * BACKUP_TOO_NEW; all is as before then
 */
export async function restoreBackup(order: RestoreOrder): Promise<Restored> {
  const { connectionString, file, identity, replace, now } = order;
  await refuseWhileInUse(connectionString);
  const present = await lookAt(connectionString);
  if (present === 'used' && !replace) {
    throw new PactError('DATABASE_NOT_EMPTY', 'There are homes or accounts in the database already.', {
      hint: 'With --replace the present database is kept under another name, and the backup takes its place.',
    });
  }
  const made = await createBeside(connectionString, 'restoring');
  try {
    const parts = unpackArchive(readSealed(file, identity));
    const { manifest, serverKey } = await loadSnapshot(made.connectionString, parts, {
      onProgress: order.onProgress,
    });
    await migrateToLatest(made.connectionString);
    const openAlerts = await withDb(made.connectionString, (db) => settle(db, manifest, now));
    const key = await order.prepareServerKey(serverKey);
    const aside = `${(await nameOfDatabase(connectionString)).slice(0, 30)}_before_${stampOf(now)}`;
    await putInPlace(connectionString, made, aside);
    await key.commit();
    if (present !== 'bare') return { manifest, openAlerts, aside };
    await dropBeside(connectionString, aside);
    return { manifest, openAlerts, aside: undefined };
  } catch (error) {
    await dropBeside(connectionString, made.name);
    throw error;
  }
}

const stampOf = (now: Temporal.Instant): string =>
  now.toString({ smallestUnit: 'second' }).replace(/\W/g, '').toLowerCase();

/** Without tables, with tables that hold nothing of anybody, or in use. */
const lookAt = (connectionString: string): Promise<'bare' | 'fresh' | 'used'> =>
  withDb(connectionString, async (db) => {
    const { rows: there } = await sql<{ community: boolean; any: boolean }>`
      select to_regclass('community') is not null and to_regclass('account') is not null as community,
        exists (select from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r') as any`.execute(
      db,
    );
    if (!there[0]?.any) return 'bare';
    // Tables of another program's, too, are somebody's.
    if (!there[0].community) return 'used';
    const { rows } = await sql<{ used: boolean }>`
      select exists (select from community) or exists (select from account) as used`.execute(db);
    return rows[0]?.used ? 'used' : 'fresh';
  });

/** How long after it was written a message still makes sense that nobody waits for any more. */
const MESSAGE_HOURS = 24;

/**
 * Between the backup and now the service went on: what was to be sent then may have been sent since. So the provider is
 * asked about each of those before it is sent (invariant 4), and what is of before yesterday is not sent at all.
 */
async function settle(db: Db, { recipient }: Manifest, now: Temporal.Instant): Promise<string[]> {
  return db.transaction().execute(async (tx) => {
    await sql`
      update message set state = 'failed', failure = 'gave_up', settled_at = ${toDate(now)}, next_attempt_at = null
      where state in ('planned', 'sending') and created_at < ${toDate(now.subtract({ hours: MESSAGE_HOURS }))}`.execute(
      tx,
    );
    await sql`
      update message set state = 'sending', sending_at = coalesce(sending_at, created_at), envelope_id = coalesce(envelope_id, id)
      where state = 'planned'`.execute(tx);
    // Pages of the alerts that were open are asked for as well, once they are due: `tellPeople`.
    await sql`
      insert into watermark (name, seen_at) values ('restored', ${toDate(now)})
      on conflict (name) do update set seen_at = excluded.seen_at`.execute(tx);
    await sql`
      insert into backup_key (recipient) values (${recipient})
      on conflict (only_one) do update set recipient = excluded.recipient`.execute(tx);
    // Those that ran then are missed by nobody here.
    await sql`delete from service_process`.execute(tx);
    const entry = { actor: { kind: 'cli' }, action: 'backup.restore', subjectKind: 'backup' };
    await recordAudit(tx, entry, now);
    const { rows } = await sql<{ code: string }>`
      select distinct h.code from alert a join household h on h.id = a.household_id
      where a.status <> 'closed' and not h.is_canary order by 1`.execute(tx);
    return rows.map(({ code }) => code);
  });
}

async function withDb<T>(connectionString: string, work: (db: Db) => Promise<T>): Promise<T> {
  const onError = () => undefined;
  const db = createDatabase(createPool({ connectionString, size: 1, name: 'curtain-pact-restore', onError }));
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}
