import { type RawBuilder, sql } from 'kysely';
import type { KeepDays, RetentionKind } from '#pact/retention.ts';
import type { Db } from '../database.ts';

type Kind = Exclude<RetentionKind, 'sensors' | 'homes' | 'residents' | 'people'>;
type Old = {
  kind: Kind;
  keep: keyof KeepDays;
  /** Removes at most so many that are older. */
  remove(before: Date, limit: number): RawBuilder<unknown>[];
};

/** Rows come in the order of their ids, so that the oldest are found without reading the others. */
const byId = (table: string, time: string) => (before: Date, limit: number) =>
  sql`
  delete from ${sql.table(table)} where ${sql.ref(time)} < ${before} and id in (
    select id from ${sql.table(table)} order by id limit ${limit})`;

const expired =
  (table: string, time = 'expires_at') =>
  (before: Date, limit: number) =>
    sql`
  delete from ${sql.table(table)} where ctid = any (array(
    select ctid from ${sql.table(table)} where ${sql.ref(time)} < ${before} limit ${limit}))`;

const OLD: readonly Old[] = [
  { kind: 'events', keep: 'events', remove: (...args) => [byId('event', 'received_at')(...args)] },
  {
    kind: 'unread',
    keep: 'events',
    remove: (...args) => [
      byId('quarantine', 'received_at')(...args),
      byId('device_report', 'received_at')(...args),
    ],
  },
  {
    kind: 'messages',
    keep: 'messages',
    remove: (before, limit) => [
      sql`
        update message set text = '', content = null, envelope = null, phone = '', provider_id = null
        where id in (select id from message
          where created_at < ${before} and (text <> '' or phone <> '') and state not in ('planned', 'sending')
          order by created_at limit ${limit} for update skip locked)`,
      expired('outbox', 'accepted_at')(before, limit),
    ],
  },
  {
    kind: 'changes',
    keep: 'changes',
    // By what was removed, and may be brought back or must be erased, its history is needed until then.
    remove: (before, limit) => [
      sql`
        delete from register_change where id in (select c.id from register_change c
          where c.at < ${before}
            and not exists (select from household h where h.id = c.household_id and h.removed_at is not null and h.erased_at is null)
            and not exists (select from person p where c.subject = 'person' and p.id::text = c.subject_id
              and p.removed_at is not null and p.erased_at is null)
          order by c.id limit ${limit})`,
    ],
  },
  { kind: 'audit', keep: 'audit', remove: (...args) => [byId('audit_entry', 'at')(...args)] },
  {
    kind: 'sessions',
    keep: 'sessions',
    remove: (...args) => [expired('session')(...args), expired('setup_link')(...args)],
  },
  {
    kind: 'links',
    keep: 'sessions',
    remove: (...args) => [
      expired('steward_link')(...args),
      expired('leave_link')(...args),
      expired('care_link')(...args),
      expired('door_action', 'at')(...args),
    ],
  },
];

/**
 * Removes some of everything that has been kept for longer than it may be.
 * @returns how many of each kind, and whether there may be more
 */
export async function removeOld(
  db: Db,
  beforeOf: (keep: keyof KeepDays) => Date,
  limit: number,
): Promise<{ removed: Partial<Record<Kind, number>>; isMore: boolean }> {
  const removed: Partial<Record<Kind, number>> = {};
  let isMore = false;
  for (const { kind, keep, remove } of OLD) {
    for (const statement of remove(beforeOf(keep), limit)) {
      const { numAffectedRows = 0n } = await sql`${statement}`.execute(db);
      const count = Number(numAffectedRows);
      removed[kind] = (removed[kind] ?? 0) + count;
      isMore ||= count >= limit;
    }
  }
  return { removed, isMore };
}
