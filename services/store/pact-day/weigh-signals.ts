import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import type { LedgerColumn, Verdict } from '#pact/pact-day.ts';
import { endOfDay } from '#pact/pact-day.ts';
import { type Weight, weighSignal } from '#pact/proof.ts';
import type { SignalKind } from '#pact/signal.ts';
import { type AlertRequest, changeAlerts } from '../alert/change-alert.ts';
import { announceAll } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate, toInstant, toInstantOrUndefined } from '../instant.ts';
import { signalKindOf } from './signal-kind.ts';

/**
 * Weighs up to `limit` openings that the broker stored against the day they belong to: keeps days, and
 * where a day was missed already closes its alert and stands everyone down. An event is marked as judged in
 * the same commit as its consequence.
 * @returns how many events were settled, and how many alerts heard of them
 */
export async function weighSignals(
  db: Db,
  now: Temporal.Instant,
  limit: number,
): Promise<{ settled: number; alerts: number }> {
  return db.transaction().execute(async (tx) => {
    const signals = await lockSignals(tx, limit);
    const weighed = signals.map((signal) => ({ signal, weight: weigh(signal, now) }));
    const lost = await keepDays(tx, weighed, now);
    const settled = weighed
      .filter(({ signal, weight }) => weight.effect !== 'wait' && !lost.has(signal))
      .map(({ signal }) => signal.id);
    const signalled = [...weighed.flatMap(signalledAlert), ...(await findOlderAlerts(tx, weighed))];
    await changeAlerts(tx, signalled, now);
    if (settled.length > 0) {
      await tx.updateTable('event').set({ judged: true }).where('id', 'in', settled).execute();
    }
    return { settled: settled.length, alerts: signalled.length };
  });
}

type PendingSignal = {
  id: number;
  kind: SignalKind;
  at: Date;
  timeZone: string | null;
  hasPact: boolean;
  householdId: string;
  communityId: string;
  onDate: string | null;
  earliestAt: Date;
  deadlineAt: Date;
  verdict: Verdict;
  closedAs: LedgerColumn | null;
  proofAt: Date | null;
  accepts: SignalKind[];
  signalCloses: boolean;
  alertId: string | null;
};

/** Openings in the order of their homes, so that two processes that weigh at once never wait on each other crosswise. */
const KIND = signalKindOf(sql`e.type`);

async function lockSignals(tx: Tx, limit: number): Promise<PendingSignal[]> {
  const { rows } = await sql<PendingSignal>`
    with pending as (
      select id, household_id, type, at from event where not judged order by id limit ${limit} for update skip locked
    )
    select e.id, ${KIND} as kind, e.at, c.time_zone as "timeZone",
      p.id is not null as "hasPact", e.household_id as "householdId", h.community_id as "communityId",
      d.on_date as "onDate", d.earliest_at as "earliestAt", d.deadline_at as "deadlineAt", d.verdict,
      d.closed_as as "closedAs", d.proof_at as "proofAt", p.accepts, p.signal_closes as "signalCloses", d.alert_id as "alertId"
    from pending e
    left join household h on h.id = e.household_id
    left join community c on c.id = h.community_id
    left join pact p on p.household_id = h.id
    left join pact_day d on d.household_id = h.id and d.on_date = (e.at at time zone c.time_zone)::date
    order by e.household_id, e.at`.execute(tx);
  return rows;
}

function weigh(signal: PendingSignal, now: Temporal.Instant): Weight {
  if (!signal.timeZone || !signal.hasPact) return { effect: 'none' };
  const at = toInstant(signal.at);
  const endsAt = endOfDay(at.toZonedDateTimeISO(signal.timeZone).toPlainDate(), signal.timeZone);
  if (!signal.onDate) {
    // The day is opened at once after a start; only a day long past will never be.
    return Temporal.Instant.compare(endsAt, now) > 0 ? { effect: 'wait' } : { effect: 'none' };
  }
  return weighSignal(
    {
      earliestAt: toInstant(signal.earliestAt),
      deadlineAt: toInstant(signal.deadlineAt),
      verdict: signal.verdict,
      closedAs: signal.closedAs ?? undefined,
      proofAt: toInstantOrUndefined(signal.proofAt),
      accepts: signal.accepts,
      signalCloses: signal.signalCloses,
      endsAt,
    },
    { at, kind: signal.kind },
  );
}

type WeighedSignal = { signal: PendingSignal; weight: Weight };

/**
 * Keeps days without an alert at their first proof.
 * @returns the signals whose day changed at this very moment: they are weighed again, against its alert
 */
async function keepDays(
  tx: Tx,
  weighed: readonly WeighedSignal[],
  now: Temporal.Instant,
): Promise<Set<PendingSignal>> {
  const kept = weighed.filter(
    ({ signal, weight }) => (weight.effect === 'kept' || weight.effect === 'kept_late') && !signal.alertId,
  );
  if (kept.length === 0) return new Set();
  const { rows } = await sql<{ household_id: string; on_date: string }>`
    update pact_day d set verdict = 'kept', reason = null,
      closed_as = case when u.at <= d.deadline_at then 'kept' else 'kept_late' end, proof_at = u.at, proof_kind = u.kind,
      judged_at = ${toDate(now)}
    from (
      select distinct on (household_id, on_date) * from unnest(
        ${kept.map(({ signal }) => signal.householdId)}::uuid[], ${kept.map(({ signal }) => signal.onDate)}::date[],
        ${kept.map(({ signal }) => signal.at)}::timestamptz[], ${kept.map(({ signal }) => signal.kind)}::text[]
      ) as s(household_id, on_date, at, kind) order by household_id, on_date, at
    ) u
    where d.household_id = u.household_id and d.on_date = u.on_date and d.alert_id is null
      and (d.verdict in ('awaiting', 'missed') or d.verdict = 'kept' and d.proof_at > u.at)
    returning d.household_id, d.on_date`.execute(tx);
  await announceAll(
    tx,
    kept.map(({ signal }) => signal),
  );
  const reached = new Set(rows.map((row) => `${row.household_id}/${row.on_date}`));
  return new Set(
    kept
      .map(({ signal }) => signal)
      .filter((signal) => !reached.has(`${signal.householdId}/${signal.onDate}`)),
  );
}

function signalledAlert({ signal, weight }: WeighedSignal): AlertRequest[] {
  if (!signal.alertId || !saysWell(weight)) return [];
  return [
    {
      alertId: signal.alertId,
      command: { kind: 'signal', at: weight.at, closes: weight.effect !== 'noted' },
    },
  ];
}

/** Whoever opens this morning is up: alerts of earlier days that are still open hear of it as of a late opening. */
async function findOlderAlerts(tx: Tx, weighed: readonly WeighedSignal[]): Promise<AlertRequest[]> {
  const well = weighed.flatMap(({ signal, weight }) => (saysWell(weight) ? [{ signal, at: weight.at }] : []));
  if (well.length === 0) return [];
  const { rows } = await sql<{ id: string; nth: number }>`
    select a.id, u.nth::int from unnest(
      ${well.map(({ signal }) => signal.householdId)}::uuid[], ${well.map(({ signal }) => signal.onDate)}::date[]
    ) with ordinality as u(household_id, on_date, nth)
    join alert a on a.household_id = u.household_id and a.on_date < u.on_date and a.status <> 'closed'
    order by u.nth`.execute(tx);
  return rows.flatMap(({ id, nth }): AlertRequest[] => {
    const { signal, at } = well[nth - 1] ?? {};
    if (!signal || !at) return [];
    return [{ alertId: id, command: { kind: 'signal', at, closes: signal.signalCloses } }];
  });
}

type WellWeight = Extract<Weight, { at: Temporal.Instant }>;
const saysWell = (weight: Weight): weight is WellWeight => 'at' in weight;
