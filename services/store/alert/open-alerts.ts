import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Ladder } from '#pact/ladder.ts';
import type { MissReason } from '#pact/verdict.ts';
import { markAlert } from '#platform/tracing.ts';
import type { Tx } from '../database.ts';
import { toDate } from '../instant.ts';

export type NewAlert = {
  householdId: string;
  communityId: string;
  onDate: string;
  deadlineAt: Temporal.Instant;
  reason: MissReason;
  silentSince: Temporal.Instant | undefined;
  /** The ladder as it is now: a later change of the pact does not move an alert under way. */
  ladder: Ladder;
};

/**
 * Opens alerts and ties each missed day to its alert. A home that has one for the date keeps it. The first step is due
 * since the deadline, whatever our clock says: one that was an hour ahead would else have kept everybody unpaged for
 * an hour after it was set right.
 * @returns how many were opened
 */
export async function openAlerts(
  tx: Tx,
  alerts: readonly NewAlert[],
  now: Temporal.Instant,
): Promise<number> {
  if (alerts.length === 0) return 0;
  const at = toDate(now);
  const { rows } = await sql<{ id: string }>`
    with opened as (
      insert into alert (id, household_id, community_id, on_date, deadline_at, reason, silent_since, ladder,
        opened_at, status, next_step, next_step_at)
      select u.*, ${at}::timestamptz, 'open', 0, u.deadline_at from unnest(
        ${alerts.map(() => randomUUID())}::uuid[], ${alerts.map((alert) => alert.householdId)}::uuid[],
        ${alerts.map((alert) => alert.communityId)}::uuid[], ${alerts.map((alert) => alert.onDate)}::date[],
        ${alerts.map((alert) => toDate(alert.deadlineAt))}::timestamptz[], ${alerts.map((alert) => alert.reason)}::text[],
        ${alerts.map((alert) => (alert.silentSince ? toDate(alert.silentSince) : null))}::timestamptz[],
        ${alerts.map((alert) => JSON.stringify(alert.ladder))}::jsonb[]
      ) as u(id, household_id, community_id, on_date, deadline_at, reason, silent_since, ladder)
      on conflict (household_id, on_date) do nothing
      returning id, household_id, on_date, reason
    ), tied as (
      update pact_day d set alert_id = o.id from opened o
      where d.household_id = o.household_id and d.on_date = o.on_date
    ), noted as (
      insert into alert_entry (alert_id, at, kind, detail)
      select id, ${at}::timestamptz, 'opened', jsonb_build_object('reason', reason) from opened
    )
    select id from opened`.execute(tx);
  for (const { id } of rows) markAlert(id, 'alert.opened');
  return rows.length;
}
