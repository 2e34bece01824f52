import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { type KeepDays, RETENTION_AT, type RetentionKind } from '#pact/retention.ts';
import { dueOn } from '#pact/schedule.ts';
import { localDateAt } from '#pact/time-zone.ts';
import type { Db } from '../database.ts';
import { eraseHome } from '../erasure/erase-home.ts';
import { erasePerson } from '../erasure/erase-people.ts';
import { eraseResident } from '../erasure/erase-resident.ts';
import { findDueErasures } from '../erasure/find-due.ts';
import { unpairWithdrawn } from '../erasure/unpair-withdrawn.ts';
import { toDate } from '../instant.ts';
import type { Saved } from '../register/refusal.ts';
import { iso } from '../today/iso.ts';
import { removeOld } from './remove-old.ts';

export type Removed = Partial<Record<RetentionKind, number>>;

const BY = { kind: 'system' };
const ROWS_AT_ONCE = 10_000;
/** Each reads what a community has ever written. */
const ERASED_AT_ONCE = 5;
const ALL_DAY_MINUTES = 24 * 60;

/**
 * The night's work, a bite at a time so that no page waits for it: takes the sensors from homes that have withdrawn, erases
 * who has been gone for long enough and removes what was kept for long enough. A row of the date counts what was removed, and prevents a second time; a night that was
 * slept through is made up for when we are back.
 * @returns what the whole night has removed, when this bite was its last
 */
export async function keepNoLonger(
  db: Db,
  keep: KeepDays,
  now: Temporal.Instant,
): Promise<Removed | undefined> {
  const night = await findDueNight(db, now);
  if (!night) return undefined;
  const before = (kind: keyof KeepDays) => endOfKeeping(keep[kind], now);
  const erased = await eraseDue(db, before('afterEnd'), now);
  const old = await removeOld(db, (kind) => toDate(before(kind)), ROWS_AT_ONCE);
  const removed: Removed = { sensors: await unpairWithdrawn(db, now), ...erased.removed, ...old.removed };
  const isDone = !erased.isMore && !old.isMore;
  const { rows } = await sql<{ removed: Removed }>`
    insert into retention_run as r (on_date, begun_at, completed_at, removed)
    values (${night}, ${toDate(now)}, ${isDone ? toDate(now) : null}, ${JSON.stringify(removed)})
    on conflict (on_date) do update set completed_at = coalesce(r.completed_at, excluded.completed_at),
      removed = (select coalesce(jsonb_object_agg(k, coalesce((r.removed ->> k)::int, 0) + coalesce((excluded.removed ->> k)::int, 0)), '{}')
        from (select jsonb_object_keys(r.removed || excluded.removed) as k) s)
    returning r.removed`.execute(db);
  return isDone ? rows[0]?.removed : undefined;
}

/** What is of before that instant has been kept for so many days. */
export const endOfKeeping = (days: number, now: Temporal.Instant): Temporal.Instant =>
  now.subtract({ hours: 24 * days });

async function findDueNight(db: Db, now: Temporal.Instant): Promise<string | undefined> {
  const { rows } = await sql<{ timeZone: string; done: string | null }>`
    select c.time_zone as "timeZone",
      (select max(on_date) from retention_run where completed_at is not null) as done
    from community c order by c.id limit 1`.execute(db);
  const [community] = rows;
  if (!community) return undefined;
  const { timeZone, done } = community;
  const daily = { time: RETENTION_AT, timeZone, withinMinutes: ALL_DAY_MINUTES };
  return dueOn(daily, now, (date) => done !== null && date <= done)?.toString();
}

async function eraseDue(db: Db, before: Temporal.Instant, now: Temporal.Instant) {
  const due = await findDueErasures(db, toDate(before), ERASED_AT_ONCE);
  const all = async (
    ids: readonly string[],
    erase: (
      db: Db,
      id: string,
      before: Temporal.Instant,
      by: typeof BY,
      now: Temporal.Instant,
    ) => Promise<Saved<unknown>>,
  ) => {
    let count = 0;
    for (const id of ids) if ((await erase(db, id, before, BY, now)).ok) count += 1;
    return count;
  };
  const removed = {
    homes: await all(due.homes, eraseHome),
    residents: await all(due.residents, eraseResident),
    people: await all(due.people, erasePerson),
  };
  return { removed, isMore: Object.values(removed).some((count) => count >= ERASED_AT_ONCE) };
}

export type RetentionRun = { on: string; completedAt: string | null; removed: Removed };

/** What the last nights have removed, the latest first. */
export async function listRetentionRuns(db: Db, limit: number): Promise<RetentionRun[]> {
  const rows = await db
    .selectFrom('retention_run')
    .select(['on_date as on', 'completed_at as completedAt', 'removed'])
    .orderBy('on_date', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ completedAt, ...row }) => ({ ...row, completedAt: completedAt && iso(completedAt) }));
}

/** The date before which a pact must have ended for its home to have been kept long enough. */
export const endOfKeepingOn = (days: number, timeZone: string, now: Temporal.Instant): Temporal.PlainDate =>
  localDateAt(now, timeZone).subtract({ days });
