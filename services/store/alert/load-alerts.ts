import { sql } from 'kysely';
import type { Alert, Roster } from '#pact/alert.ts';
import type { Ladder, LadderRole } from '#pact/ladder.ts';
import type { MissReason } from '#pact/verdict.ts';
import type { Tx } from '../database.ts';
import { toInstant, toInstantOrUndefined } from '../instant.ts';

/** An alert under its row's lock, with all that its decisions and texts need. */
export type LockedAlert = {
  id: string;
  householdId: string;
  communityId: string;
  reason: MissReason;
  silentSince: Date | null;
  onDate: string;
  deadlineAt: Date;
  alert: Alert;
  roster: Roster;
  phones: ReadonlyMap<string, string>;
  home: AlertHome;
};

export type AlertHome = {
  code: string;
  salutation: string;
  building: string;
  unit: string | null;
  room: string;
  phone: string | null;
  timeZone: string;
  language: 'zh-CN' | 'en';
  emergencyNumber: string;
};

type Row = Omit<LockedAlert, 'alert' | 'roster' | 'phones'> & {
  status: Alert['status'];
  ladder: Ladder;
  nextStep: number;
  nextStepAt: Date | null;
  acknowledgedBy: string | null;
  acknowledgedAt: Date | null;
  acknowledgementExpiresAt: Date | null;
  emergencyAt: Date | null;
  signalAt: Date | null;
  closedBy: 'outcome' | 'signal' | null;
  passed: string[];
};

/** Locks alerts in the order of their ids, so that two transactions never wait on each other crosswise. */
export async function lockAlerts(tx: Tx, ids: readonly string[]): Promise<LockedAlert[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Row>`
    with locked as (select * from alert where id = any (${[...new Set(ids)]}::uuid[]) order by id for update)
    select a.id, a.household_id as "householdId", a.community_id as "communityId", a.reason,
      a.silent_since as "silentSince", a.on_date as "onDate", a.deadline_at as "deadlineAt", a.status, a.ladder,
      a.next_step as "nextStep", a.next_step_at as "nextStepAt", a.acknowledged_by as "acknowledgedBy",
      a.acknowledged_at as "acknowledgedAt", a.acknowledgement_expires_at as "acknowledgementExpiresAt",
      a.emergency_at as "emergencyAt", a.signal_at as "signalAt", a.closed_by as "closedBy", a.passed,
      json_build_object('code', h.code, 'salutation', h.salutation, 'building', h.building, 'unit', h.unit,
        'room', h.room, 'phone', h.phone, 'timeZone', c.time_zone, 'language', c.language,
        'emergencyNumber', c.emergency_number) as home
    from locked a join household h on h.id = a.household_id join community c on c.id = a.community_id
    order by a.id`.execute(tx);
  const rosters = await loadRosters(tx, rows);
  return rows.map((row) => ({ ...row, ...rosters(row), alert: alertOf(row) }));
}

function alertOf(row: Row): Alert {
  return {
    status: row.status,
    ladder: row.ladder,
    nextStep: row.nextStep,
    nextStepAt: toInstantOrUndefined(row.nextStepAt),
    acknowledgement:
      row.acknowledgedBy && row.acknowledgedAt && row.acknowledgementExpiresAt
        ? {
            by: row.acknowledgedBy,
            at: toInstant(row.acknowledgedAt),
            expiresAt: toInstant(row.acknowledgementExpiresAt),
          }
        : undefined,
    emergencyAt: toInstantOrUndefined(row.emergencyAt),
    signalAt: toInstantOrUndefined(row.signalAt),
    closedBy: row.closedBy ?? undefined,
    passed: row.passed,
  };
}

type Assigned = {
  householdId: string | null;
  communityId: string;
  personId: string;
  role: LadderRole;
  phone: string;
};

/** Who each role means for each home, read when the step is reached, never before. */
async function loadRosters(tx: Tx, rows: readonly Row[]) {
  const { rows: assigned } = await sql<Assigned>`
    select a.household_id as "householdId", p.community_id as "communityId", p.id as "personId", a.role, p.phone, a.position
    from assignment a join person p on p.id = a.person_id
    where a.household_id = any (${rows.map((row) => row.householdId)}::uuid[])
      and p.removed_at is null and a.role in ('primary', 'backup', 'neighbour')
    union all
    select null, p.community_id, p.id, 'office', p.phone, 0 from person p
    where p.community_id = any (${rows.map((row) => row.communityId)}::uuid[]) and p.kind = 'office' and p.removed_at is null
    order by position, "personId"`.execute(tx);
  const byHousehold = Map.groupBy(assigned, (entry) => entry.householdId ?? `office/${entry.communityId}`);

  return (row: Row): Pick<LockedAlert, 'roster' | 'phones'> => {
    const own = byHousehold.get(row.householdId) ?? [];
    const office = byHousehold.get(`office/${row.communityId}`) ?? [];
    const all = [...own, ...office];
    const idsOf = (role: LadderRole) =>
      all.filter((entry) => entry.role === role).map((entry) => entry.personId);
    return {
      roster: {
        primary: idsOf('primary'),
        backup: idsOf('backup'),
        neighbour: idsOf('neighbour'),
        office: idsOf('office'),
      },
      phones: new Map(all.map((entry) => [entry.personId, entry.phone])),
    };
  };
}
