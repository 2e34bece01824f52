import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Alert, Outcome, Roster } from '#pact/alert.ts';
import { type DutyRoster, rosterAt } from '#pact/duty.ts';
import type { Channel, Ladder, LadderRole } from '#pact/ladder.ts';
import type { MissReason } from '#pact/verdict.ts';
import type { Tx } from '../database.ts';
import { loadRota } from '../duty/load-rota.ts';
import { isOptedOut } from '../enrolment/opted-out.ts';
import { toDate, toInstant, toInstantOrUndefined } from '../instant.ts';
import { findChannels, usableChannels } from '../message/channels.ts';

/** An alert under its row's lock, with all that its decisions and texts need. */
export type LockedAlert = {
  id: string;
  householdId: string;
  communityId: string;
  reason: MissReason;
  silentSince: Date | null;
  onDate: string;
  deadlineAt: Date;
  /** When the database was made of a backup in which the alert was open already; null where it was not. */
  restoredAt: Date | null;
  alert: Alert;
  roster: DutyRoster;
  contacts: ReadonlyMap<string, Contact>;
  home: AlertHome;
};

/** How a person is reached; the channels in order of preference, those without a provider left out. */
export type Contact = { phone: string; channels: readonly Channel[]; robotId: string | null };

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
  keyNote: string | null;
  entryConsent: boolean;
  /** Whether somebody may call in while a steward is on the way. */
  callsElder: boolean;
  hearingWeak: boolean;
  livesAlone: boolean;
  birthYear: number | null;
  hasNote: boolean;
  lastKeptOn: string | null;
  acceptsCalls: boolean;
  /** Whether this is the home in which nobody lives, and whose page proves that pages arrive. */
  isCanary: boolean;
  /** Whether some provider makes calls at all. */
  canCall: boolean;
};

type Row = Omit<LockedAlert, 'alert' | 'roster' | 'contacts'> & {
  status: Alert['status'];
  ladder: Ladder;
  nextStep: number;
  nextStepAt: Date | null;
  acknowledgedBy: string | null;
  acknowledgedAt: Date | null;
  acknowledgementExpiresAt: Date | null;
  emergencyAt: Date | null;
  signalAt: Date | null;
  closedBy: 'outcome' | 'signal' | 'canary' | null;
  outcome: Outcome | null;
  passed: string[];
  arrivedAt: Date | null;
  ladderFrom: number;
};

/**
 * Locks alerts in the order of their ids, so that two transactions never wait on each other crosswise. Their
 * keys stay free: a reply that is tied to an alert locks nobody out.
 */
export async function lockAlerts(
  tx: Tx,
  ids: readonly string[],
  now: Temporal.Instant,
): Promise<LockedAlert[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Row>`
    with locked as (select * from alert where id = any (${[...new Set(ids)]}::uuid[]) order by id for no key update)
    select a.id, a.household_id as "householdId", a.community_id as "communityId", a.reason,
      a.silent_since as "silentSince", a.on_date as "onDate", a.deadline_at as "deadlineAt",
      (select w.seen_at from watermark w where w.name = 'restored' and w.seen_at >= a.opened_at) as "restoredAt", a.status, a.ladder,
      a.next_step as "nextStep", a.next_step_at as "nextStepAt", a.acknowledged_by as "acknowledgedBy",
      a.acknowledged_at as "acknowledgedAt", a.acknowledgement_expires_at as "acknowledgementExpiresAt",
      a.emergency_at as "emergencyAt", a.signal_at as "signalAt", a.closed_by as "closedBy", a.outcome, a.passed,
      a.arrived_at as "arrivedAt", a.ladder_from as "ladderFrom",
      json_build_object('code', h.code, 'salutation', h.salutation, 'building', h.building, 'unit', h.unit,
        'room', h.room, 'phone', h.phone, 'timeZone', c.time_zone, 'language', c.language,
        'emergencyNumber', c.emergency_number, 'isCanary', h.is_canary, 'keyNote', h.key_note, 'entryConsent', h.entry_consent,
        'callsElder', coalesce(p.calls_elder, false), 'acceptsCalls', coalesce('called' = any (p.accepts), false),
        'hearingWeak', r.hearing_weak, 'livesAlone', r.lives_alone, 'birthYear', r.birth_year, 'hasNote', r.has_note,
        'canCall', exists (select from provider_health where channel = 'voice'),
        'lastKeptOn', (select max(d.on_date) from pact_day d where d.household_id = h.id and d.on_date < a.on_date
          and d.closed_as in ('kept', 'kept_late', 'visited'))) as home
    from locked a join household h on h.id = a.household_id join community c on c.id = a.community_id
    left join pact p on p.household_id = h.id
    left join lateral (
      select coalesce(bool_or(hearing_weak), false) as hearing_weak, coalesce(bool_and(lives_alone), true) as lives_alone,
        min(birth_year) as birth_year, coalesce(bool_or(note is not null), false) as has_note
      from resident where household_id = h.id and removed_at is null
    ) r on true
    order by a.id`.execute(tx);
  const rosters = await loadRosters(tx, rows, now);
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
            arrivedAt: toInstantOrUndefined(row.arrivedAt),
          }
        : undefined,
    emergencyAt: toInstantOrUndefined(row.emergencyAt),
    signalAt: toInstantOrUndefined(row.signalAt),
    closedBy: row.closedBy ?? undefined,
    outcome: row.outcome ?? undefined,
    passed: row.passed,
    ladderFrom: row.ladderFrom,
  };
}

type Assigned = {
  householdId: string | null;
  communityId: string;
  personId: string;
  role: LadderRole | 'stand_in';
  phone: string;
  channels: Channel[];
  robotId: string | null;
};

/** Who each role means for each home, read when the step is reached, never before; the rota of that moment counts. */
async function loadRosters(tx: Tx, rows: readonly Row[], now: Temporal.Instant) {
  const rota = await loadRota(tx, { householdIds: rows.map((row) => row.householdId) }, now);
  const { rows: assigned } = await sql<Assigned>`
    select a.household_id as "householdId", p.community_id as "communityId", p.id as "personId", a.role, p.phone, p.channels, p.robot_id as "robotId", a.position
    from assignment a join person p on p.id = a.person_id join community c on c.id = p.community_id
    where a.household_id = any (${rows.map((row) => row.householdId)}::uuid[])
      and p.removed_at is null and not ${isOptedOut({
        household: sql`a.household_id`,
        role: sql`a.role`,
        on: sql`(${toDate(now)}::timestamptz at time zone c.time_zone)::date`,
      })}
    union all
    select null, p.community_id, p.id, 'office', p.phone, p.channels, p.robot_id, 0 from person p
    where p.community_id = any (${rows.map((row) => row.communityId)}::uuid[]) and p.kind = 'office' and p.removed_at is null
    union all
    select null, p.community_id, p.id, 'stand_in', p.phone, p.channels, p.robot_id, 0 from person p
    where p.id = any (${rota.standIns}::uuid[])
    order by position, "personId"`.execute(tx);
  const available = await findChannels(tx);
  const byHousehold = Map.groupBy(assigned, (entry) => entry.householdId ?? `common/${entry.communityId}`);

  return (row: Row): Pick<LockedAlert, 'roster' | 'contacts'> => {
    const own = byHousehold.get(row.householdId) ?? [];
    // The office, and whoever stands in for somebody.
    const common = byHousehold.get(`common/${row.communityId}`) ?? [];
    const all = [...own, ...common];
    const idsOf = (role: LadderRole) =>
      all.filter((entry) => entry.role === role).map((entry) => entry.personId);
    const assignedHere: Roster = {
      primary: idsOf('primary'),
      backup: idsOf('backup'),
      neighbour: idsOf('neighbour'),
      office: idsOf('office'),
      family: idsOf('family'),
    };
    return {
      roster: rosterAt(assignedHere, row.ladder, { ...rota, timeZone: row.home.timeZone }, now),
      contacts: new Map(
        all.map(({ personId, phone, channels, robotId }) => [
          personId,
          { phone, robotId, channels: usableChannels(channels, available, robotId !== null) },
        ]),
      ),
    };
  };
}
