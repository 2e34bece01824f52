import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { type AlertCommand, type AlertFact, evolve, type Refusal } from '#pact/alert.ts';
import { decide } from '#pact/decide-alert.ts';
import { markAlert } from '#platform/tracing.ts';
import type { Db, Tx } from '../database.ts';
import { inTransaction } from '../in-transaction.ts';
import { toDate } from '../instant.ts';
import { type LockedAlert, lockAlerts } from './load-alerts.ts';
import { saveFacts } from './save-facts.ts';

/** Who at the board did it, for the visit's record; the person that it speaks for stands in the command. */
export type By = { accountId?: string };

export type AlertRequest = { alertId: string; command: AlertCommand; by?: By };

/** What became of one locked alert: its facts in order, and the state that they made. */
export type AlertChange = {
  before: LockedAlert;
  after: LockedAlert['alert'];
  facts: readonly AlertFact[];
  by: By;
};

export type ChangeAnswer = { found: boolean; refused?: Refusal; facts: readonly AlertFact[] };

/**
 * Puts one command to an alert: locks it, lets the domain decide, and writes the facts, the pages they
 * order, the day's verdict and the notice to the boards in one transaction.
 */
export async function changeAlert(
  db: Db | Tx,
  alertId: string,
  command: AlertCommand,
  now: Temporal.Instant,
  by: By = {},
): Promise<ChangeAnswer> {
  return inTransaction(db, async (tx) => {
    const siblings = command.kind === 'record_outcome' ? await findOpenSiblings(tx, alertId) : [];
    const requests = [alertId, ...siblings].map((id) => ({ alertId: id, command, by }));
    const answers = await changeAlerts(tx, requests, now);
    return answers.get(alertId) ?? { found: false, facts: [] };
  });
}

/** Puts many commands to alerts at once, in the order given for each alert. */
export async function changeAlerts(
  tx: Tx,
  requests: readonly AlertRequest[],
  now: Temporal.Instant,
): Promise<Map<string, ChangeAnswer>> {
  const locked = await lockAlerts(
    tx,
    requests.map((request) => request.alertId),
    now,
  );
  const byAlert = Map.groupBy(requests, (request) => request.alertId);
  const answers = new Map<string, ChangeAnswer>();
  const changes: AlertChange[] = [];
  for (const before of locked) {
    let after = before.alert;
    const facts: AlertFact[] = [];
    let refused: Refusal | undefined;
    let by: By = {};
    for (const request of byAlert.get(before.id) ?? []) {
      const decision = decide(after, request.command, now, before.roster.onDuty, before.roster.everybody);
      after = decision.facts.reduce((alert, fact) => evolve(alert, fact, now), after);
      facts.push(...decision.facts);
      refused = decision.refused;
      by = request.by ?? by;
    }
    answers.set(before.id, { found: true, facts, ...(refused ? { refused } : {}) });
    if (facts.length > 0) changes.push({ before, after, facts, by });
  }
  await saveFacts(tx, changes, now);
  for (const { before, facts } of changes) {
    for (const fact of facts) {
      const attributes = fact.kind === 'step_reached' ? { step: fact.step, pages: fact.pages.length } : {};
      markAlert(before.id, `alert.${fact.kind}`, attributes);
    }
  }
  return answers;
}

/**
 * Takes up to `limit` alerts whose next step is due and advances each by one step. Any number of processes
 * may do so at once: a row that another one holds is passed over.
 * @returns how many were advanced
 */
export async function advanceDueAlerts(db: Db, now: Temporal.Instant, limit: number): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      select id from alert where status <> 'closed' and next_step_at <= ${toDate(now)}
      order by next_step_at, id limit ${limit} for no key update skip locked`.execute(tx);
    await changeAlerts(
      tx,
      rows.map(({ id }) => ({ alertId: id, command: { kind: 'advance' } })),
      now,
    );
    return rows.length;
  });
}

/** An outcome is about the person: it answers every alert of the home that is still open. */
async function findOpenSiblings(tx: Tx, alertId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select s.id from alert a join alert s on s.household_id = a.household_id and s.id <> a.id
    where a.id = ${alertId} and a.status <> 'closed' and s.status <> 'closed'`.execute(tx);
  return rows.map((row) => row.id);
}
