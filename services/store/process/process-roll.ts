import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';

/** One that ended is of interest until somebody has missed it, and no longer. */
const KEPT_DAYS = 7;

/** What a process says of itself when it starts. */
export type Introduction = { id: string; host: string; pid: number; services: readonly string[] };

/** A process that runs over this database, or did in the last week. */
export type Enrolled = {
  host: string;
  pid: number;
  /** In alphabetical order. */
  services: string[];
  startedAt: Date;
  /** When it said goodbye; null of one that runs, or died. */
  endedAt: Date | null;
  seenAt: Date;
};

/** Says that the process runs, the first time and ever again. Whoever was gone for a week is forgotten. */
export async function enrolProcess(
  db: Db,
  { id, host, pid, services }: Introduction,
  now: Temporal.Instant,
): Promise<void> {
  const at = toDate(now);
  await sql`
    with forgotten as (delete from service_process where seen_at < ${weekBefore(now)})
    insert into service_process (id, host, pid, services, started_at, seen_at)
    values (${id}, ${host}, ${pid}, ${services.toSorted()}, ${at}, ${at})
    on conflict (id) do update set seen_at = excluded.seen_at`.execute(db);
}

/** Says that the process ends because it was told to. */
export async function dismissProcess(db: Db, id: string, now: Temporal.Instant): Promise<void> {
  await sql`update service_process set seen_at = ${toDate(now)}, ended_at = ${toDate(now)} where id = ${id}`.execute(
    db,
  );
}

export async function readProcessRoll(db: Db, now: Temporal.Instant): Promise<Enrolled[]> {
  const { rows } = await sql<Enrolled>`
    select host, pid, services, started_at as "startedAt", ended_at as "endedAt", seen_at as "seenAt"
    from service_process where seen_at >= ${weekBefore(now)} order by started_at, id`.execute(db);
  return rows;
}

const weekBefore = (now: Temporal.Instant): Date => toDate(now.subtract({ hours: KEPT_DAYS * 24 }));
