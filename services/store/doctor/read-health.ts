import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { BATTERY_LOW_PERCENT } from '#pact/sensor-health.ts';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';

/** What the database says of the service's health. Homes are named by their numbers. */
export type Health = {
  sweepAt: Date | null;
  intakeAt: Date | null;
  /** The newest moment that anything was stored under. */
  newestAt: Date | null;
  homes: number;
  withoutPact: string[];
  withoutSensor: string[];
  withoutSteward: string[];
  /** Neither anybody of their own nor an office phone. */
  withoutAnybody: string[];
  communitiesWithoutOffice: string[];
  communitiesUnopened: string[];
  sensors: number;
  neverReported: string[];
  sensorsSilent: string[];
  batteryLow: string[];
  /** Open tickets of these kinds; those of silence and batteries are told by the sensors themselves. */
  clockWrong: string[];
  tampered: string[];
  visitAsked: string[];
  /** Sensors that sent in the last day what could not be read. */
  quarantined: string[];
  messagesStuck: number;
  messagesFailed: number;
  alertsOpen: number;
  alertsOverdue: string[];
  accounts: number;
};

const LATE_MINUTES = 2;

/** Everything that a check-up asks of the database, at one moment. */
export async function readHealth(db: Db, now: Temporal.Instant): Promise<Health> {
  const at = toDate(now);
  const late = toDate(now.subtract({ minutes: LATE_MINUTES }));
  const yesterday = toDate(now.subtract({ hours: 24 }));
  const { rows } = await sql<Health>`
    with home as (
      select h.id, h.code, h.community_id from household h where h.removed_at is null and not h.is_canary
    ), living as (
      select a.household_id, a.role from assignment a join person p on p.id = a.person_id where p.removed_at is null
    ), office as (
      select distinct community_id from person where kind = 'office' and removed_at is null
    ), paired as (
      select s.id, h.code, s.silence_minutes, s.enrolled_at, st.last_seen_at, st.battery
      from sensor s join sensor_state st on st.sensor_id = s.id join home h on h.id = s.household_id
      where s.retired_at is null
    )
    select
      (select seen_at from watermark where name = 'sweep') as "sweepAt",
      (select seen_at from watermark where name = 'intake') as "intakeAt",
      greatest((select max(seen_at) from watermark where name <> 'restored'), (select received_at from event order by id desc limit 1)) as "newestAt",
      (select count(*) from home)::int as homes,
      ${codes(sql`home h where not exists (select 1 from pact p where p.household_id = h.id)`)} as "withoutPact",
      ${codes(sql`home h where not exists (select 1 from sensor s where s.household_id = h.id and s.retired_at is null)`)} as "withoutSensor",
      ${codes(sql`home h where not exists (select 1 from living l where l.household_id = h.id and l.role = 'primary')`)} as "withoutSteward",
      ${codes(sql`home h where not exists (select 1 from living l where l.household_id = h.id and l.role <> 'family')
        and not exists (select 1 from office o where o.community_id = h.community_id)`)} as "withoutAnybody",
      array(select c.name from community c where not exists (select 1 from office o where o.community_id = c.id) order by 1)
        as "communitiesWithoutOffice",
      array(select c.name from community c where exists (
          select 1 from pact p join home h on h.id = p.household_id where h.community_id = c.id
            and p.from_on <= (${at}::timestamptz at time zone c.time_zone)::date)
        and not exists (select 1 from day_opening d
          where d.community_id = c.id and d.completed_at is not null and d.on_date = (${at}::timestamptz at time zone c.time_zone)::date) order by 1)
        as "communitiesUnopened",
      (select count(*) from paired)::int as sensors,
      ${codes(sql`paired h where h.last_seen_at is null`)} as "neverReported",
      ${codes(sql`paired h where h.last_seen_at < ${at}::timestamptz - h.silence_minutes * interval '1 minute'`)} as "sensorsSilent",
      ${codes(ticketsOf('clock_wrong'))} as "clockWrong",
      ${codes(ticketsOf('tamper'))} as tampered,
      ${codes(ticketsOf('visit_asked'))} as "visitAsked",
      ${codes(sql`paired h where exists (select 1 from quarantine q where q.sensor_id = h.id and q.received_at > ${yesterday})`)}
        as quarantined,
      ${codes(sql`paired h where h.battery <= ${BATTERY_LOW_PERCENT}`)} as "batteryLow",
      (select count(*) from message where state in ('planned', 'sending') and next_attempt_at < ${late})::int as "messagesStuck",
      (select count(*) from message where state = 'failed' and failure is distinct from 'stood_down'
        and settled_at > ${yesterday})::int as "messagesFailed",
      (select count(*) from alert a join household h on h.id = a.household_id where a.status <> 'closed' and not h.is_canary)::int as "alertsOpen",
      ${codes(sql`alert a join household h on h.id = a.household_id where a.status <> 'closed' and greatest(a.next_step_at, a.opened_at) < ${late}`)}
        as "alertsOverdue",
      (select count(*) from account where disabled_at is null)::int as accounts`.execute(db);
  const [health] = rows;
  if (!health) throw new Error('a query without a table gave no row');
  return health;
}

const ticketsOf = (kind: string) =>
  sql`ticket t join home h on h.id = t.household_id where t.kind = ${kind} and t.closed_at is null`;

/** The numbers of the homes that a source named `h` gives, each once. */
const codes = (source: ReturnType<typeof sql>) =>
  sql<string[]>`array(select distinct h.code from ${source} order by 1)`;
