import { type RawBuilder, sql } from 'kysely';
import type { AlertView } from '#contracts/http/today.ts';
import { placeOf } from '#pact/text/sms.ts';
import type { Db, Tx } from '../database.ts';
import { isHomeOf } from '../register/home-of.ts';
import { iso, isoOrNull } from './iso.ts';
import { cutPage, isAfter, type Page, type PageRequest } from './page.ts';
import { readTimelines } from './read-timelines.ts';

type Instants =
  | 'silentSince'
  | 'acknowledgedAt'
  | 'acknowledgementExpiresAt'
  | 'arrivedAt'
  | 'nextStepAt'
  | 'emergencyAt'
  | 'signalAt'
  | 'closedAt';

type Row = Omit<AlertView, Instants | 'deadlineAt' | 'openedAt' | 'place' | 'timeline'> &
  Record<Instants, Date | null> & {
    deadlineAt: Date;
    openedAt: Date;
    building: string;
    unit: string | null;
    room: string;
    language: 'zh-CN' | 'en';
  };

/** Which alerts a list shows; unset means all. */
export type AlertFilter = {
  communityId?: string | undefined;
  householdId?: string | undefined;
  stewardId?: string | undefined;
  status?: AlertView['status'] | undefined;
};

/** Alerts from the newest to the oldest. */
export async function listAlerts(db: Db, filter: AlertFilter, page: PageRequest): Promise<Page<AlertView>> {
  const where = [
    isAfter(page.after, sql`a.opened_at`, sql`a.id`),
    ...(filter.communityId ? [sql`a.community_id = ${filter.communityId}`] : []),
    ...(filter.householdId ? [sql`a.household_id = ${filter.householdId}`] : []),
    isHomeOf(filter.stewardId, sql`a.household_id`),
    ...(filter.status ? [sql`a.status = ${filter.status}`] : []),
  ];
  const rows = await readRows(db, sql.join(where, sql` and `), page.limit + 1);
  const views = await withTimelines(db, rows.slice(0, page.limit));
  const cut = cutPage(
    rows,
    page.limit,
    (row) => ({ at: row.openedAt, id: row.id }),
    (row) => row.id,
  );
  return { items: views, next: cut.next };
}

export async function findAlert(db: Db, id: string): Promise<AlertView | undefined> {
  const views = await withTimelines(db, await readRows(db, sql`a.id = ${id}`, 1));
  return views[0];
}

/** Every alert of a community that the condition over `alert a` picks, newest first. */
export async function readAlerts(db: Db | Tx, which: RawBuilder<unknown>): Promise<AlertView[]> {
  return withTimelines(db, await readRows(db, which, undefined));
}

async function readRows(db: Db | Tx, which: RawBuilder<unknown>, limit: number | undefined): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select a.id, a.household_id as "householdId", h.code, h.salutation, h.building, h.unit, h.room, h.phone,
      c.language, a.on_date as "onDate", a.reason, a.silent_since as "silentSince", a.deadline_at as "deadlineAt",
      a.opened_at as "openedAt", a.status, p.name as "acknowledgedBy", a.acknowledged_at as "acknowledgedAt",
      a.acknowledgement_expires_at as "acknowledgementExpiresAt", a.arrived_at as "arrivedAt", a.next_step as "nextStep",
      a.next_step_at as "nextStepAt", a.emergency_at as "emergencyAt", a.signal_at as "signalAt", a.outcome,
      a.closed_at as "closedAt"
    from alert a
    join household h on h.id = a.household_id
    join community c on c.id = a.community_id
    left join person p on p.id = a.acknowledged_by
    where not h.is_canary and ${which} order by a.opened_at desc, a.id desc limit ${limit ?? null}`.execute(
    db,
  );
  return rows;
}

async function withTimelines(db: Db | Tx, rows: readonly Row[]): Promise<AlertView[]> {
  const timelines = await readTimelines(
    db,
    rows.map((row) => row.id),
  );
  return rows.map(({ building, unit, room, language, ...row }) => ({
    ...row,
    place: placeOf({ building, unit, room }, language),
    silentSince: isoOrNull(row.silentSince),
    deadlineAt: iso(row.deadlineAt),
    openedAt: iso(row.openedAt),
    acknowledgedAt: isoOrNull(row.acknowledgedAt),
    acknowledgementExpiresAt: isoOrNull(row.acknowledgementExpiresAt),
    arrivedAt: isoOrNull(row.arrivedAt),
    nextStepAt: isoOrNull(row.nextStepAt),
    emergencyAt: isoOrNull(row.emergencyAt),
    signalAt: isoOrNull(row.signalAt),
    closedAt: isoOrNull(row.closedAt),
    timeline: timelines.get(row.id) ?? [],
  }));
}
