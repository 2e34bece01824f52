import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { type CanaryEvidence, type CanaryState, canaryEndOf, judgeCanary } from '#pact/canary.ts';
import { endOfDay } from '#pact/pact-day.ts';
import type { MessageContent } from '#pact/text/content.ts';
import type { Language } from '#pact/text/language.ts';
import { changeAlert } from '../alert/change-alert.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate, toInstant, toInstantOrUndefined } from '../instant.ts';
import { URGENCY } from '../message/plan-message.ts';
import { findUnseen } from '../notice/find-unseen.ts';
import { localTime } from '../notice/local-time.ts';
import { tellOffice } from '../notice/tell-office.ts';

/** A canary whose page did not arrive: what whoever reads the log must know to go round by hand. */
export type FailedCanary = {
  communityId: string;
  community: string;
  language: Language;
  deadline: string;
  unseen: string[];
};

type Row = {
  householdId: string;
  communityId: string;
  community: string;
  timeZone: string;
  language: Language;
  onDate: string;
  deadlineAt: Date;
  alertId: string | null;
  isOpen: boolean;
  isRemoved: boolean;
  state: CanaryState;
  tried: string[] | null;
  deliveredAt: Date | null;
  isAcceptedUntold: boolean;
};

/**
 * Looks whether each canary's page has arrived, ends its alert when it has, and calls the office on every
 * other way when it has not in time: also where no alert was opened at all, because rules stand still.
 * @returns the canaries that failed just now
 */
export async function checkCanaries(
  db: Db,
  now: Temporal.Instant,
  patienceMs: number,
): Promise<FailedCanary[]> {
  const failed: FailedCanary[] = [];
  for (const row of await findCanaryDays(db, now)) {
    const evidence: CanaryEvidence = {
      deadlineAt: toInstant(row.deadlineAt),
      endsAt: endOfDay(Temporal.PlainDate.from(row.onDate), row.timeZone),
      patienceMs,
      deliveredAt: toInstantOrUndefined(row.deliveredAt),
      isAcceptedUntold: row.isAcceptedUntold,
    };
    const next = row.isRemoved ? undefined : judgeCanary(row.state, evidence, now);
    const end = row.isRemoved ? 'unproven' : canaryEndOf(next ?? row.state, evidence, now);
    if (!next && !(end && row.isOpen)) continue;
    const failure = await db.transaction().execute(async (tx) => {
      if (end && row.alertId && row.isOpen)
        await changeAlert(tx, row.alertId, { kind: 'end_canary', end }, now);
      if (!next || !(await record(tx, row, next, evidence, now))) return undefined;
      await announce(tx, { communityId: row.communityId, householdIds: [] });
      return next === 'failed' ? callOffice(tx, row, now) : tellOfLateness(tx, row, next, now);
    });
    if (failure) failed.push(failure);
  }
  return failed;
}

/** The days of canaries whose deadline is past and that are not settled: a handful, of yesterday and today. */
async function findCanaryDays(db: Db, now: Temporal.Instant): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select h.id as "householdId", c.id as "communityId", c.name as community, c.time_zone as "timeZone", c.language,
      d.on_date as "onDate", d.deadline_at as "deadlineAt", a.id as "alertId", coalesce(a.status <> 'closed', false) as "isOpen",
      h.removed_at is not null as "isRemoved", coalesce(k.state, 'waiting') as state, pages.tried, pages.delivered_at as "deliveredAt",
      coalesce(pages.untold, false) as "isAcceptedUntold"
    from household h join community c on c.id = h.community_id
    join pact_day d on d.household_id = h.id and d.deadline_at <= ${toDate(now)} and d.deadline_at > ${toDate(now.subtract({ hours: 50 }))}
    left join alert a on a.id = d.alert_id
    left join canary_check k on k.community_id = c.id and k.on_date = d.on_date
    left join lateral (
      select array_agg(distinct m.person_id || '/' || m.channel) as tried, min(m.delivered_at) as delivered_at,
        bool_or(m.state in ('accepted', 'unknown') and m.next_attempt_at is null and m.polls = 0) as untold
      from message m where m.alert_id = a.id and m.kind = 'page'
    ) pages on true
    where h.is_canary and d.verdict <> 'excused' and (coalesce(k.state, 'waiting') <> 'proven' or a.status <> 'closed')
    order by d.on_date, c.id`.execute(db);
  return rows;
}

/** @returns whether this process was the one to record it */
async function record(
  tx: Tx,
  row: Row,
  state: 'proven' | 'unknown' | 'failed',
  { deliveredAt }: CanaryEvidence,
  now: Temporal.Instant,
): Promise<boolean> {
  const at = toDate(state === 'proven' ? (deliveredAt ?? now) : now);
  const failedAt = state === 'failed' ? at : null;
  const { rows } = await sql`
    insert into canary_check as k (community_id, on_date, state, at, failed_at)
    values (${row.communityId}, ${row.onDate}, ${state}, ${at}, ${failedAt})
    on conflict (community_id, on_date) do update set state = excluded.state, at = excluded.at
      where k.state <> 'proven' and k.state <> excluded.state
    returning on_date`.execute(tx);
  return rows.length > 0;
}

async function callOffice(tx: Tx, row: Row, now: Temporal.Instant): Promise<FailedCanary> {
  const { communityId, community, language, onDate } = row;
  const deadline = localTime(toInstant(row.deadlineAt), row.timeZone);
  const unseen = await findUnseen(tx, communityId, onDate, now);
  const content: MessageContent = { kind: 'notice', notice: { kind: 'canary_failed', deadline, unseen } };
  const subject = `canary/${communityId}/${onDate}/failed`;
  const tried = new Set(row.tried);
  const isUntried = (personId: string, channel: string) => !tried.has(`${personId}/${channel}`);
  await tellOffice(
    tx,
    { communityId, content, subject, urgency: URGENCY.first, ways: 'all', isUntried },
    now,
  );
  return { communityId, community, language, deadline, unseen };
}

/** A failure that is over is said as plainly as the failure was. */
async function tellOfLateness(
  tx: Tx,
  row: Row,
  next: CanaryState,
  now: Temporal.Instant,
): Promise<undefined> {
  if (row.state !== 'failed' || next !== 'proven') return;
  const { communityId, onDate, timeZone } = row;
  const deadline = localTime(toInstant(row.deadlineAt), timeZone);
  const at = localTime(toInstantOrUndefined(row.deliveredAt) ?? now, timeZone);
  const content: MessageContent = { kind: 'notice', notice: { kind: 'canary_late', deadline, at } };
  const subject = `canary/${communityId}/${onDate}/late`;
  await tellOffice(tx, { communityId, content, subject, urgency: URGENCY.notice }, now);
}
