import { type RawBuilder, sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import type { HomeView } from '#contracts/http/today.ts';
import type { Alert } from '#pact/alert.ts';
import { type EnrolmentFacts, missingSteps } from '#pact/enrolment.ts';
import { curtainOf, homeStateOf } from '#pact/home-state.ts';
import type { LedgerColumn, Verdict } from '#pact/pact-day.ts';
import type { SensorEvidence } from '#pact/verdict.ts';
import type { Db, Tx } from '../database.ts';
import { enrolmentFacts } from '../enrolment/read-enrolment.ts';
import { toDate } from '../instant.ts';
import { isShownOn } from '../ledger/homes-on.ts';
import { isHomeOf } from '../register/home-of.ts';
import { isoOrNull } from './iso.ts';

type Row = Pick<
  HomeView,
  | 'householdId'
  | 'code'
  | 'salutation'
  | 'grid'
  | 'building'
  | 'unit'
  | 'floor'
  | 'room'
  | 'alertId'
  | 'outcome'
> & {
  verdict: Verdict | null;
  closedAs: LedgerColumn | null;
  reason: string | null;
  proofAt: Date | null;
  deadlineAt: Date | null;
  lateFrom: Date | null;
  alert: Alert['status'] | null;
  hasPact: boolean;
  steward: string | null;
  openTickets: number;
  lookIn: Date | null;
  openedAway: Date | null;
  unread: HomeView['unread'];
  sensors: SensorRow[] | null;
} & EnrolmentFacts;

type SensorRow = {
  curtain: SensorEvidence['curtain'];
  lastSeenAt: string | null;
  silenceMinutes: number;
  battery: number | null;
};

const UNREAD_HOURS = 7 * 24;

/**
 * The homes of a community on a date, all or some of them, in the order of their codes. A home that has left
 * the register since stays on the days that it had, so that homes and ledger always agree.
 * @param opened whether the date's days have been opened
 */
export async function readHomes(
  db: Db | Tx,
  of: {
    communityId: string;
    date: string;
    householdIds: readonly string[] | 'all';
    opened: boolean;
    stewardId?: string | undefined;
  },
  now: Temporal.Instant,
): Promise<HomeView[]> {
  const { rows } = await sql<Row>`
    select h.id as "householdId", h.code, h.salutation, g.name as grid, h.building, h.unit, h.floor, h.room,
      d.verdict, d.closed_as as "closedAs", d.reason, d.proof_at as "proofAt", d.deadline_at as "deadlineAt",
      d.late_from as "lateFrom",
      a.status as alert, d.alert_id as "alertId", a.outcome, p.id is not null as "hasPact", steward.name as steward, sensors.list as sensors,
      (select count(*)::int from ticket t where t.household_id = h.id and t.closed_at is null) as "openTickets",
      (select k.opened_at from ticket k where k.household_id = h.id and k.kind = 'look_in' and k.closed_at is null) as "lookIn",
      (select min(l.opened_at) from leave l where l.household_id = h.id and l.cancelled_at is null and l.back is null
        and ${of.date}::date between l.from_on and l.until_on) as "openedAway", unread.told as unread,
      ${enrolmentFacts(sql`${of.date}::date`)}
    from household h
    join grid g on g.id = h.grid_id
    join community c on c.id = h.community_id
    left join pact_day d on d.household_id = h.id and d.on_date = ${of.date}
    left join alert a on a.id = d.alert_id
    left join pact p on p.household_id = h.id
    left join lateral (
      select s.name from assignment m join person s on s.id = m.person_id
      where m.household_id = h.id and m.role = 'primary' and s.removed_at is null
      order by m.position, s.id limit 1
    ) steward on true
    left join lateral (
      select json_agg(json_build_object('curtain', t.curtain, 'lastSeenAt', t.last_seen_at,
        'silenceMinutes', s.silence_minutes, 'battery', t.battery)) as list
      from sensor s join sensor_state t on t.sensor_id = s.id
      where s.household_id = h.id and s.retired_at is null
    ) sensors on true
    left join lateral (
      select json_build_object('count', count(*), 'lastReason', (array_agg(q.reason order by q.id desc))[1]) as told
      from sensor s join sensor_state t on t.sensor_id = s.id and t.quarantined > 0
      join quarantine q on q.sensor_id = s.id and q.received_at > ${toDate(now.subtract({ hours: UNREAD_HOURS }))}
      where s.household_id = h.id and s.retired_at is null
      having count(*) > 0
    ) unread on true
    where h.community_id = ${of.communityId} and ${isShownOn(sql`${of.date}`)}
      ${only(of.householdIds)} and ${isHomeOf(of.stewardId, sql`h.id`)}
    order by h.code`.execute(db);
  return rows.map((row) => homeOf(row, of.opened, now));
}

const only = (ids: readonly string[] | 'all'): RawBuilder<unknown> =>
  ids === 'all' ? sql`` : sql`and h.id = any (${ids}::uuid[])`;

function homeOf(row: Row, opened: boolean, now: Temporal.Instant): HomeView {
  const {
    verdict,
    closedAs,
    alert,
    hasPact,
    sensors,
    proofAt,
    deadlineAt,
    lateFrom,
    lookIn,
    openedAway,
    ...rest
  } = row;
  const { consented, pactStands, needsSensor, hasPrimary, sensorIds, testedSensorIds, ...shown } = rest;
  const facts = { consented, pactStands, needsSensor, hasPrimary, sensorIds, testedSensorIds };
  const list = sensors ?? [];
  const evidence = list.map(
    ({ curtain, silenceMinutes, lastSeenAt }): SensorEvidence => ({
      curtain,
      silenceMinutes,
      ...(lastSeenAt ? { lastSeenAt: Temporal.Instant.from(lastSeenAt) } : {}),
    }),
  );
  const heard = evidence.flatMap((sensor) => sensor.lastSeenAt ?? []).sort(Temporal.Instant.compare);
  const batteries = list.flatMap((sensor) => sensor.battery ?? []);
  const day = verdict ? { verdict, closedAs: closedAs ?? undefined, alert: alert ?? undefined } : undefined;
  return {
    ...shown,
    state: homeStateOf({ day, hasPact, opened }),
    curtain: curtainOf(evidence, now),
    proofAt: isoOrNull(proofAt),
    deadlineAt: isoOrNull(deadlineAt),
    lateFrom: isoOrNull(lateFrom),
    lookIn: isoOrNull(lookIn),
    openedAway: isoOrNull(openedAway),
    missing: missingSteps(facts),
    lastSeenAt: heard.at(-1)?.toString() ?? null,
    battery: batteries.length > 0 ? Math.min(...batteries) : null,
  };
}
