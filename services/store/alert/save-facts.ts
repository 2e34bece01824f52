import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { AlertFact } from '#pact/alert.ts';
import { forgetAlertVisits, settleByContacts } from '../care/settle-care.ts';
import { announceAll } from '../change-feed.ts';
import type { Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import type { AlertChange } from './change-alert.ts';
import { tellPeople } from './tell-people.ts';

/** Writes what changed alerts decided: their timeline, their rows, the day, the visit and the messages. */
export async function saveFacts(
  tx: Tx,
  changes: readonly AlertChange[],
  now: Temporal.Instant,
): Promise<void> {
  if (changes.length === 0) return;
  await saveTimeline(tx, changes, now);
  await saveAlerts(tx, changes, now);
  await closeDays(tx, changes, now);
  await reopenDays(tx, changes);
  await saveVisits(tx, changes, now);
  await tellPeople(tx, changes, now);
  await announceAll(
    tx,
    changes.map(({ before }) => before),
  );
}

async function saveTimeline(tx: Tx, changes: readonly AlertChange[], now: Temporal.Instant) {
  const entries = changes.flatMap(({ before, facts }) => facts.map((fact) => ({ alertId: before.id, fact })));
  await sql`
    insert into alert_entry (alert_id, at, kind, person_id, step, detail)
    select u.alert_id, ${toDate(now)}::timestamptz, u.kind, u.person_id, u.step, u.detail from unnest(
      ${entries.map((entry) => entry.alertId)}::uuid[], ${entries.map(({ fact }) => fact.kind)}::text[],
      ${entries.map(({ fact }) => personOf(fact))}::uuid[],
      ${entries.map(({ fact }) => (fact.kind === 'step_reached' ? fact.step : null))}::int[],
      ${entries.map(({ fact }) => JSON.stringify(detailOf(fact)))}::jsonb[]
    ) with ordinality as u(alert_id, kind, person_id, step, detail, n) order by u.n`.execute(tx);
}

const personOf = (fact: AlertFact): string | null => ('by' in fact ? (fact.by ?? null) : null);

/** What the timeline keeps beside who and when. Persons stay out: their ids stand in a column of their own. */
function detailOf(fact: AlertFact): Record<string, unknown> {
  switch (fact.kind) {
    case 'step_reached':
      return {
        pages: fact.pages.length,
        roles: [...new Set(fact.pages.map((page) => page.role))],
        emergency: fact.emergency,
      };
    case 'acknowledged':
    case 'arrived':
    case 'reassigned':
      return { expiresAt: fact.expiresAt.toString() };
    case 'signal_seen':
      return { at: fact.at.toString() };
    case 'outcome_recorded':
    case 'outcome_corrected':
      return { outcome: fact.outcome, ...(fact.note ? { note: fact.note } : {}) };
    case 'reopened':
      return fact.note ? { note: fact.note } : {};
    case 'noted':
      return { note: fact.note };
    case 'talked':
      return { seconds: fact.seconds, call: fact.call };
    case 'closed':
      return { because: fact.because };
    case 'canary_ended':
      return { end: fact.end };
    case 'acknowledgement_expired':
    case 'passed':
    case 'emergency_called':
      return {};
    default:
      return fact satisfies never;
  }
}

async function saveAlerts(tx: Tx, changes: readonly AlertChange[], now: Temporal.Instant) {
  const at = toDate(now);
  const dates = (pick: (change: AlertChange) => Temporal.Instant | undefined) =>
    changes.map((change) => {
      const instant = pick(change);
      return instant ? toDate(instant) : null;
    });
  await sql`
    update alert a set status = u.status, next_step = u.next_step, next_step_at = u.next_step_at,
      ladder_from = u.ladder_from, acknowledged_by = u.acknowledged_by, acknowledged_at = u.acknowledged_at,
      acknowledgement_expires_at = u.acknowledgement_expires_at, arrived_at = u.arrived_at,
      emergency_at = u.emergency_at, signal_at = u.signal_at, passed = u.passed,
      outcome = u.outcome, outcome_at = case when u.outcome is null then null when u.outcome = a.outcome then a.outcome_at else ${at} end,
      closed_by = u.closed_by,
      closed_at = case when u.closed_by is null then null else coalesce(a.closed_at, ${at}) end
    from unnest(
      ${changes.map(({ before }) => before.id)}::uuid[], ${changes.map(({ after }) => after.status)}::text[],
      ${changes.map(({ after }) => after.nextStep)}::int[], ${dates(({ after }) => after.nextStepAt)}::timestamptz[],
      ${changes.map(({ after }) => after.ladderFrom)}::int[],
      ${changes.map(({ after }) => after.acknowledgement?.by ?? null)}::uuid[],
      ${dates(({ after }) => after.acknowledgement?.at)}::timestamptz[],
      ${dates(({ after }) => after.acknowledgement?.expiresAt)}::timestamptz[],
      ${dates(({ after }) => after.acknowledgement?.arrivedAt)}::timestamptz[],
      ${dates(({ after }) => after.emergencyAt)}::timestamptz[], ${dates(({ after }) => after.signalAt)}::timestamptz[],
      ${changes.map(({ after }) => JSON.stringify(after.passed))}::jsonb[],
      ${changes.map((change) => change.after.outcome ?? canaryEndOf(change)?.end ?? null)}::text[],
      ${changes.map(({ after }) => after.closedBy ?? null)}::text[]
    ) as u(id, status, next_step, next_step_at, ladder_from, acknowledged_by, acknowledged_at,
      acknowledgement_expires_at, arrived_at, emergency_at, signal_at, passed, outcome, closed_by)
    where a.id = u.id`.execute(tx);
}

/** The last word on what was found. */
const outcomeOf = ({ facts }: AlertChange) =>
  facts.findLast((fact) => fact.kind === 'outcome_recorded' || fact.kind === 'outcome_corrected');
const canaryEndOf = ({ facts }: AlertChange) => facts.find((fact) => fact.kind === 'canary_ended');
const reopens = ({ facts }: AlertChange) => facts.some((fact) => fact.kind === 'reopened');
/** A canary's day stays as it was judged: nobody lives there. */
const closesDay = ({ after, facts }: AlertChange) =>
  after.status === 'closed' &&
  after.closedBy !== 'canary' &&
  facts.some(({ kind }) => kind === 'closed' || kind === 'signal_seen');

/**
 * The day closes with its alert: visited by an outcome, else kept or kept late by when the signal was given,
 * and again by an earlier signal that arrives after the alert was closed. A signal of a later day ends the alert
 * and leaves the day as it was: nobody saw the person on it.
 */
async function closeDays(tx: Tx, changes: readonly AlertChange[], now: Temporal.Instant) {
  const closed = changes.filter(closesDay);
  if (closed.length === 0) return;
  const signals = closed.map(({ after }) =>
    after.closedBy === 'signal' && after.signalAt ? toDate(after.signalAt) : null,
  );
  await sql`
    update pact_day d set judged_at = ${toDate(now)},
      verdict = case when u.signal_at is null then d.verdict else 'kept' end,
      closed_as = case when u.signal_at is null then 'visited' when u.signal_at <= d.deadline_at then 'kept' else 'kept_late' end,
      proof_at = coalesce(u.signal_at, d.proof_at)
    from unnest(${closed.map(({ before }) => before.id)}::uuid[], ${signals}::timestamptz[]) as u(alert_id, signal_at),
      community c
    where d.alert_id = u.alert_id and c.id = d.community_id
      and (u.signal_at is null or (u.signal_at at time zone c.time_zone)::date = d.on_date)`.execute(tx);
}

/** An outcome that was taken back leaves its day as it was before: missed, and nobody has seen the person. */
async function reopenDays(tx: Tx, changes: readonly AlertChange[]) {
  const reopened = changes.filter((change) => reopens(change) && change.after.status !== 'closed');
  if (reopened.length === 0) return;
  await sql`
    update pact_day set closed_as = 'unresolved', verdict = 'missed'
    where alert_id = any (${reopened.map(({ before }) => before.id)}::uuid[])`.execute(tx);
}

async function saveVisits(tx: Tx, changes: readonly AlertChange[], now: Temporal.Instant) {
  const at = toDate(now);
  const visits = changes.flatMap((change) => {
    const outcome = outcomeOf(change);
    if (!outcome) return [];
    return [
      {
        id: randomUUID(),
        household_id: change.before.householdId,
        alert_id: change.before.id,
        person_id: outcome.by ?? null,
        account_id: change.by.accountId ?? null,
        outcome: outcome.outcome,
        note: outcome.note ?? null,
        visited_at: at,
        recorded_at: at,
        corrects:
          outcome.kind === 'outcome_corrected'
            ? sql<string>`(select id from visit where alert_id = ${change.before.id} order by recorded_at desc limit 1)`
            : null,
      },
    ];
  });
  if (visits.length === 0) return;
  await tx.insertInto('visit').values(visits).execute();
  for (const { household_id: householdId, corrects } of visits) {
    if (corrects) await forgetAlertVisits(tx, now, householdId);
    await settleByContacts(tx, now, { householdId });
  }
}
