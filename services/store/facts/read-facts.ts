import { type RawBuilder, sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { BATTERY_LOW_PERCENT } from '#pact/sensor-health.ts';
import type { Db } from '../database.ts';
import { toDate } from '../instant.ts';

/** How everything stands now, in all communities together: numbers only, of no home and of nobody. */
export type Facts = {
  /** Homes under a pact by how their day of today has closed; canaries apart. */
  days: Record<string, number>;
  canaries: Record<string, number>;
  alerts: Record<string, number>;
  alertsOverdue: number;
  messages: Record<string, number>;
  messagesOverdue: number;
  sensors: Record<string, number>;
  batteriesLow: number;
  outages: number;
  sourcesAway: number;
  providersFailing: number;
  sweepAt: Date | null;
  intakeAt: Date | null;
  backupAt: Date | null;
};

/** After so long what is due counts as overdue; twice a message's lease. */
const OVERDUE_SECONDS = 60;

/**
 * Everything in one statement, for operators' graphs.
 * @param clockSpeed what is due may wait in wall time, however fast the clock runs
 */
export async function readFacts(db: Db, now: Temporal.Instant, clockSpeed: number): Promise<Facts> {
  const at = sql`${toDate(now)}::timestamptz`;
  const late = toDate(now.subtract({ seconds: Math.round(OVERDUE_SECONDS * clockSpeed) }));
  const { rows } = await sql<Facts>`
    with today as (
      select h.is_canary, d.closed_as, k.state as canary
      from community c
      join pact_day d on d.community_id = c.id and d.on_date = (${at} at time zone c.time_zone)::date
      join household h on h.id = d.household_id and h.removed_at is null
      left join canary_check k on h.is_canary and k.community_id = c.id and k.on_date = d.on_date
      where not h.is_canary or d.verdict <> 'excused'
    ), paired as (
      select st.battery, case
        when st.last_seen_at is null then 'never_reported'
        when st.last_seen_at < ${at} - s.silence_minutes * interval '1 minute' then 'silent'
        else 'heard' end as state
      from sensor s join sensor_state st on st.sensor_id = s.id
      where s.retired_at is null and s.household_id is not null
    )
    select
      ${counts(sql`coalesce(closed_as, 'awaiting')`, sql`today where not is_canary`)} as days,
      ${counts(sql`coalesce(canary, 'waiting')`, sql`today where is_canary`)} as canaries,
      ${counts(sql`status`, sql`alert a where status <> 'closed' and ${isOfHome}`)} as alerts,
      (select count(*) from alert where status <> 'closed' and greatest(next_step_at, opened_at) < ${late})::int as "alertsOverdue",
      ${counts(sql`state`, sql`message where state in ('planned', 'sending')`)} as messages,
      (select count(*) from message where state in ('planned', 'sending') and next_attempt_at < ${late})::int
        as "messagesOverdue",
      ${counts(sql`state`, sql`paired`)} as sensors,
      (select count(*) from paired where battery <= ${BATTERY_LOW_PERCENT})::int as "batteriesLow",
      (select count(*) from outage where ended_at is null)::int as outages,
      (select count(*) from source where removed_at is null and enabled and state in ('away', 'refused'))::int
        as "sourcesAway",
      (select count(*) from provider_health where failing_since is not null)::int as "providersFailing",
      (select seen_at from watermark where name = 'sweep') as "sweepAt",
      (select seen_at from watermark where name = 'intake') as "intakeAt",
      (select max(completed_at) from backup_run) as "backupAt"`.execute(db);
  return rows[0]!;
}

const isOfHome = sql`not exists (select from household h where h.id = a.household_id and h.is_canary)`;

/** How many there are of each word, as an object. */
const counts = (word: RawBuilder<unknown>, source: RawBuilder<unknown>) => sql`
  (select coalesce(json_object_agg(word, n), '{}') from (
    select ${word} as word, count(*)::int as n from ${source} group by 1) as counted)`;
