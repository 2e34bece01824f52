import { type RawBuilder, sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Db } from '#store/database.ts';
import { toDate } from '#store/instant.ts';

export type InvariantOptions = {
  now: Temporal.Instant;
  /** Clock milliseconds that a running service may need to do what has just fallen due. */
  graceMs: number;
  /** Milliseconds that the clock of whoever receives events may have been behind; 0 unless it is said. */
  lagMs?: number;
};

/**
 * What of DESIGN §3 can be seen in a database afterwards, each as a query for what must not be there.
 * @returns one readable sentence a violation, with ids only
 */
export async function checkInvariants(db: Db, options: InvariantOptions): Promise<string[]> {
  const late = toDate(options.now.subtract({ milliseconds: Math.round(options.graceMs) }));
  const queries = CHECKS.map((check) => sql`(${check(late, options.lagMs ?? 0)})`);
  const { rows } = await sql<{ text: string }>`${sql.join(queries, sql` union all `)}`.execute(db);
  return rows.map((row) => row.text);
}

export type AcknowledgedEvent = { sensorId: string; seq: number };

/** Invariant 1: every event with a PUBACK is in the database, and once. */
export async function checkAcknowledgedEvents(
  db: Db,
  acknowledged: readonly AcknowledgedEvent[],
): Promise<string[]> {
  const { rows } = await sql<{ sensor: string; seq: number; count: number }>`
    select u.sensor, u.seq, count(e.id) as count
    from unnest(${acknowledged.map((event) => event.sensorId)}::text[], ${acknowledged.map((event) => event.seq)}::bigint[]) as u(sensor, seq)
    left join event e on e.sensor_id = u.sensor and e.seq = u.seq
    group by u.sensor, u.seq having count(e.id) <> 1 order by 1, 2`.execute(db);
  return rows.map(({ sensor, seq, count }) =>
    count === 0
      ? `Event ${seq} of sensor ${sensor} was acknowledged and is not stored.`
      : `Event ${seq} of sensor ${sensor} is stored ${count} times.`,
  );
}

/**
 * A query for the rows that break an invariant, each with a `text`.
 * @param late what fell due before this is overdue
 * @param lagMs what an event says of when it was received may be earlier than the truth by this
 */
type Check = (late: Date, lagMs: number) => Broken;
type Broken = RawBuilder<{ text: string }>;

/** Invariant 2: each enrolled home has one day for every date that its community has opened. A canary is not enrolled. */
const everyHomeHasItsDay = (late: Date): Broken => sql`
    select format('Household %s has no pact day on %s.', h.id, o.on_date) as text
    from day_opening o
    join household h on h.community_id = o.community_id and h.removed_at is null and not h.is_canary
    join pact p on p.household_id = h.id
    left join pact_day d on d.household_id = h.id and d.on_date = o.on_date
    where d.household_id is null and h.created_at <= o.begun_at
      and (o.completed_at is not null or o.begun_at < ${late}) order by 1`;

/** Invariant 2: a day past its deadline is closed, and the ledger's columns cover every day. */
const everyPastDayIsClosed = (late: Date): Broken => sql`
    select format('The day %s of household %s is past its deadline and not judged.', on_date, household_id) as text
    from pact_day where verdict = 'awaiting' and deadline_at < ${late} order by 1`;

/** Invariant 3: a missed day has an alert, but for one that a newer day had relieved before it was judged. */
const missedDaysHaveAlerts = (): Broken => sql`
    select format('The missed day %s of household %s has no alert.', d.on_date, d.household_id) as text
    from pact_day d where d.verdict = 'missed' and d.alert_id is null
      and not exists (select 1 from pact_day n where n.household_id = d.household_id
        and n.on_date > d.on_date and n.earliest_at <= d.judged_at)
    order by 1`;

/** Invariant 3: an open alert always has a next step in the future (that it has one, the schema holds). */
const openAlertsHaveNextSteps = (late: Date): Broken => sql`
    select format('The next step of open alert %s is overdue.', id) as text
    from alert where status <> 'closed' and greatest(next_step_at, opened_at) < ${late} order by 1`;

/** Invariant 3: an alert that lives has paged somebody, and a gateway has taken the page. */
const openAlertsHavePages = (late: Date): Broken => sql`
    select format('Nobody was paged for open alert %s.', a.id) as text
    from alert a where a.status <> 'closed' and a.opened_at < ${late}
      and not exists (select 1 from message m where m.alert_id = a.id and m.kind = 'page'
        and m.state in ('accepted', 'delivered'))
    order by 1`;

/** Invariant 4, in our own book. */
const pagesAreUnique = (): Broken => sql`
    select format('Person %s was paged %s times for step %s of alert %s.', person_id, count(*), step, alert_id) as text
    from message where kind = 'page'
    group by alert_id, step, person_id, channel having count(*) > 1 order by 1`;

/** Invariant 4, at the other end: what was accepted for a page lies in the outbox once. */
const outboxHoldsPagesOnce = (): Broken => sql`
    select format('Message %s is accepted and lies in the outbox %s times.', m.id, count(o.message_id)) as text
    from message m left join outbox o on o.message_id = coalesce(m.envelope_id, m.id)
    where m.direction = 'out' and m.provider like 'outbox%' and m.state in ('accepted', 'delivered')
    group by m.id having count(o.message_id) <> 1 order by 1`;

/** Invariants 5 and 6: only an opening inside the window keeps a day, so neither silence nor last night does. */
const keptDaysHaveProof = (): Broken => sql`
    select format('The day %s of household %s is kept without a proof inside its window.', d.on_date, d.household_id) as text
    from pact_day d where d.closed_as = 'kept' and not (
      d.proof_at is not null and d.proof_at between d.earliest_at and d.deadline_at
      and exists (select 1 from event e where e.household_id = d.household_id and e.opening and not e.retained
        and e.at between d.earliest_at and d.deadline_at))
    order by 1`;

/** Invariant 8: kept late means an opening after the deadline. */
const lateDaysHaveLateProof = (): Broken => sql`
    select format('The day %s of household %s is kept late without an opening after its deadline.', d.on_date, d.household_id) as text
    from pact_day d where d.closed_as = 'kept_late' and not (
      d.proof_at > d.deadline_at
      and exists (select 1 from event e where e.household_id = d.household_id and e.opening and e.at = d.proof_at))
    order by 1`;

/** The other half of trust: nobody is sent to a home whose opening was received in time. */
const nobodyIsPagedForNothing = (_late: Date, lagMs: number): Broken => sql`
    select format('Household %s was alerted on %s although its opening was received in time.', d.household_id, d.on_date) as text
    from pact_day d where d.alert_id is not null
      and exists (select 1 from event e where e.household_id = d.household_id and e.opening and not e.retained
        and e.at between d.earliest_at and d.deadline_at and e.received_at + ${lagMs} * interval '1 millisecond' <= d.deadline_at)
    order by 1`;

/** Invariant 7: only an outcome, or a signal where the pact accepts it, closes an alert. */
const closedAlertsHaveAnEnd = (): Broken => sql`
    select format('Alert %s is closed with neither an outcome nor a signal.', a.id) as text
    from alert a where a.status = 'closed' and not (
      (a.closed_by = 'outcome' and a.outcome is not null and exists (select 1 from visit v where v.alert_id = a.id))
      or (a.closed_by = 'signal' and a.signal_at is not null)
      or (a.closed_by = 'canary' and exists (select 1 from household h where h.id = a.household_id and h.is_canary)))
    order by 1`;

/** Only those hear that nobody needs to go whose page went out, or may have: one that was never tried did not. */
const standDownsFollowPages = (): Broken => sql`
    select format('Person %s got a stand-down for alert %s without a page.', s.person_id, s.alert_id) as text
    from message s where s.kind = 'stand_down' and not exists (
      select 1 from message p where p.alert_id = s.alert_id and p.person_id = s.person_id and p.kind = 'page'
        and (p.failure is distinct from 'stood_down' or p.attempts > 0))
    order by 1`;

/** Everyone whose page went out is told when nobody needs to go, but for the one who was there. */
const closedAlertsStandDown = (): Broken => sql`
    select distinct format('Person %s was paged for alert %s and never stood down.', p.person_id, p.alert_id) as text
    from message p join alert a on a.id = p.alert_id
    where p.kind = 'page' and p.state in ('accepted', 'delivered') and a.status = 'closed' and a.closed_by <> 'canary'
      and not exists (select 1 from message s where s.alert_id = a.id and s.kind = 'stand_down' and s.person_id = p.person_id)
      and not exists (select 1 from alert_entry e where e.alert_id = a.id and e.kind = 'outcome_recorded' and e.person_id = p.person_id)
    order by 1`;

const CHECKS: readonly Check[] = [
  everyHomeHasItsDay,
  everyPastDayIsClosed,
  missedDaysHaveAlerts,
  openAlertsHaveNextSteps,
  openAlertsHavePages,
  pagesAreUnique,
  outboxHoldsPagesOnce,
  keptDaysHaveProof,
  lateDaysHaveLateProof,
  nobodyIsPagedForNothing,
  closedAlertsHaveAnEnd,
  standDownsFollowPages,
  closedAlertsStandDown,
];
