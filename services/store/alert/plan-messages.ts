import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { AlertFact, PageOrder } from '#pact/alert.ts';
import { pageText, placeOf, standDownText } from '#pact/text/sms.ts';
import type { Tx } from '../database.ts';
import { toDate, toInstant } from '../instant.ts';
import type { AlertChange } from './change-alert.ts';
import type { LockedAlert } from './load-alerts.ts';

/**
 * Plans what changed alerts have to say: a page for each order of a step, and when an alert closes a
 * stand-down for everyone whose page may have gone out. A page is a row before it is a request, under a key
 * that the database keeps unique (invariant 4); pages not yet sent are taken back instead.
 */
export async function planMessages(
  tx: Tx,
  changes: readonly AlertChange[],
  now: Temporal.Instant,
): Promise<void> {
  await insertMessages(tx, changes.flatMap(pagesOf), now);
  const closed = changes.filter(({ facts }) => facts.some((fact) => fact.kind === 'closed'));
  if (closed.length > 0) await standDown(tx, closed, now);
}

type Planned = {
  alertId: string;
  communityId: string;
  kind: 'page' | 'stand_down';
  step: number;
  personId: string;
  phone: string;
  channel: string;
  text: string;
};

function pagesOf({ before, facts }: AlertChange): Planned[] {
  return facts.flatMap((fact) =>
    fact.kind === 'step_reached' ? fact.pages.flatMap((order) => pageOf(before, fact, order)) : [],
  );
}

function pageOf(
  alert: LockedAlert,
  fact: Extract<AlertFact, { kind: 'step_reached' }>,
  order: PageOrder,
): Planned[] {
  const phone = alert.phones.get(order.personId);
  if (!phone) return [];
  const text = pageText(
    {
      home: homeOf(alert),
      deadline: timeOf(toInstant(alert.deadlineAt), alert.home.timeZone),
      reason: alert.reason,
      ...(alert.silentSince ? { silentSince: sinceOf(alert, alert.silentSince) } : {}),
      role: order.role,
      step: fact.step,
      emergency: fact.emergency,
      emergencyNumber: alert.home.emergencyNumber,
    },
    alert.home.language,
  );
  return [
    {
      ...addressOf(alert),
      kind: 'page',
      step: fact.step,
      personId: order.personId,
      phone,
      channel: order.channel,
      text,
    },
  ];
}

/** Everyone paged is stood down, and nobody else. */
async function standDown(tx: Tx, closed: readonly AlertChange[], now: Temporal.Instant): Promise<void> {
  const ids = closed.map(({ before }) => before.id);
  await sql`
    update message set state = 'failed', failure = 'stood_down', settled_at = ${toDate(now)}, next_attempt_at = null
    where alert_id = any (${ids}::uuid[]) and kind = 'page' and state = 'planned'`.execute(tx);
  const { rows } = await sql<{ alertId: string; personId: string; phone: string; channel: string }>`
    select distinct on (alert_id, person_id, channel) alert_id as "alertId", person_id as "personId", phone, channel
    from message where alert_id = any (${ids}::uuid[]) and kind = 'page' and failure is distinct from 'stood_down'
    order by alert_id, person_id, channel`.execute(tx);
  const byId = new Map(closed.map((change) => [change.before.id, change]));
  const messages = rows.flatMap(({ alertId, personId, phone, channel }): Planned[] => {
    const change = byId.get(alertId);
    const closure = change?.facts.find((fact) => fact.kind === 'closed');
    if (!change || !closure || closure.except === personId) return [];
    return [
      {
        ...addressOf(change.before),
        kind: 'stand_down',
        step: 0,
        personId,
        phone,
        channel,
        text: standDownOf(change, now),
      },
    ];
  });
  await insertMessages(tx, messages, now);
}

function standDownOf({ before, facts }: AlertChange, now: Temporal.Instant): string {
  const outcome = facts.find((fact) => fact.kind === 'outcome_recorded');
  const signal = facts.find((fact) => fact.kind === 'signal_seen');
  const at = timeOf(signal?.at ?? now, before.home.timeZone);
  const because = outcome ? { outcome: outcome.outcome } : { signal: true as const };
  return standDownText({ home: homeOf(before), at, ...because }, before.home.language);
}

async function insertMessages(tx: Tx, messages: readonly Planned[], now: Temporal.Instant): Promise<void> {
  if (messages.length === 0) return;
  const at = toDate(now);
  await tx
    .insertInto('message')
    .values(
      messages.map((message) => ({
        id: randomUUID(),
        community_id: message.communityId,
        direction: 'out' as const,
        kind: message.kind,
        alert_id: message.alertId,
        step: message.step,
        person_id: message.personId,
        channel: message.channel,
        phone: message.phone,
        text: message.text,
        state: 'planned' as const,
        created_at: at,
        next_attempt_at: at,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

const addressOf = (alert: LockedAlert) => ({ alertId: alert.id, communityId: alert.communityId });

function homeOf({ home }: LockedAlert) {
  const { code, salutation, phone } = home;
  return { code, salutation, place: placeOf(home, home.language), ...(phone ? { phone } : {}) };
}

/** Hours and minutes as people say them: 8:00, 22:10. */
function timeOf(instant: Temporal.Instant, timeZone: string): string {
  const { hour, minute } = instant.toZonedDateTimeISO(timeZone);
  return `${hour}:${String(minute).padStart(2, '0')}`;
}

/** Since when a sensor is silent, with the date where it is not the alert's own. */
function sinceOf(alert: LockedAlert, silentSince: Date): string {
  const since = toInstant(silentSince);
  const time = timeOf(since, alert.home.timeZone);
  const date = since.toZonedDateTimeISO(alert.home.timeZone).toPlainDate();
  return date.toString() === alert.onDate ? time : `${date.month}-${date.day} ${time}`;
}
