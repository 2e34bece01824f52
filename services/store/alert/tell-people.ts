import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import type { AlertFact, PageOrder } from '#pact/alert.ts';
import type { Channel } from '#pact/ladder.ts';
import { riskOf } from '#pact/risk.ts';
import type { MessageContent } from '#pact/text/content.ts';
import { entryText } from '#pact/text/entry.ts';
import { placeOf, type SmsHome } from '#pact/text/sms.ts';
import type { Tx } from '../database.ts';
import { toDate, toInstant } from '../instant.ts';
import { lockMessages } from '../message/lock-messages.ts';
import { type PlannedMessage, planMessages, URGENCY } from '../message/plan-message.ts';
import { localTime } from '../notice/local-time.ts';
import { tellFamilies } from '../notice/tell-families.ts';
import type { AlertChange } from './change-alert.ts';
import type { AlertHome, LockedAlert } from './load-alerts.ts';

/**
 * Plans what changed alerts have to say: a page for each order of a step, a word to whoever's promise ran out,
 * a call to the elder while somebody walks, and when an alert closes a stand-down for everyone whose page may
 * have gone out. Pages not yet sent are taken back instead.
 */
export async function tellPeople(
  tx: Tx,
  changes: readonly AlertChange[],
  now: Temporal.Instant,
): Promise<void> {
  await planMessages(
    tx,
    changes.flatMap((change) => [...pagesOf(change, now), ...wordsOf(change)]),
    now,
  );
  await tellFamilies(tx, changes, now);
  const closed = changes.filter(({ facts }) =>
    facts.some((fact) => fact.kind === 'closed' && fact.because !== 'canary'),
  );
  if (closed.length > 0) await standDown(tx, closed, now);
}

function pagesOf({ before, facts }: AlertChange, now: Temporal.Instant): PlannedMessage[] {
  const inDoubtSince = doubtOf(before, now);
  return facts.flatMap((fact) =>
    fact.kind === 'step_reached'
      ? fact.pages.flatMap((order) => pageOf(before, fact, order)).map((page) => ({ ...page, inDoubtSince }))
      : [],
  );
}

/**
 * Between its backup and its end a lost machine may have paged for the steps that are due now. What is older than this has
 * brought nobody to the door, so that it is no reason to leave anybody unpaged.
 */
const PAGED_LATELY = { minutes: 15 };

function doubtOf({ restoredAt }: LockedAlert, now: Temporal.Instant): Temporal.Instant | undefined {
  const since = now.subtract(PAGED_LATELY);
  const isDoubtful = restoredAt && Temporal.Instant.compare(since, toInstant(restoredAt)) < 0;
  return isDoubtful ? since : undefined;
}

function pageOf(
  alert: LockedAlert,
  fact: Extract<AlertFact, { kind: 'step_reached' }>,
  order: PageOrder,
): PlannedMessage[] {
  const contact = alert.contacts.get(order.personId);
  if (!contact) return [];
  const { home } = alert;
  const entry = fact.emergency ? entryText(home, home.language) : undefined;
  const deadline = localTime(toInstant(alert.deadlineAt), home.timeZone);
  const drill: MessageContent = { kind: 'notice', notice: { kind: 'canary', deadline, round: fact.step } };
  const page: MessageContent = {
    kind: 'page',
    page: {
      home: homeOf(alert),
      deadline,
      reason: alert.reason,
      ...(alert.silentSince ? { silentSince: sinceOf(alert, alert.silentSince) } : {}),
      role: order.role,
      step: fact.step,
      emergency: fact.emergency,
      emergencyNumber: home.emergencyNumber,
      ...(entry ? { entry } : {}),
      risk: riskOf(riskFactsOf(home, alert.onDate)),
    },
  };
  const channel = contact.channels.includes(order.channel) ? order.channel : contact.channels[0];
  return [
    {
      ...addressOf(alert),
      kind: 'page',
      step: fact.step,
      personId: order.personId,
      phone: contact.phone,
      robotId: contact.robotId,
      channel: channel ?? 'sms',
      content: home.isCanary ? drill : page,
      urgency: fact.emergency || fact.step === alert.alert.ladderFrom ? URGENCY.first : URGENCY.usual,
    },
  ];
}

/** What is said beside pages. */
function wordsOf({ before, facts }: AlertChange): PlannedMessage[] {
  const { home } = before;
  return facts.flatMap((fact): PlannedMessage[] => {
    if (fact.kind === 'acknowledgement_expired') return wordTo(before, fact.by, 'acknowledgement_expired');
    if (fact.kind === 'arrived' && fact.relieves) return wordTo(before, fact.relieves, 'relieved');
    if (fact.kind === 'reassigned' && fact.relieves) return wordTo(before, fact.relieves, 'replaced');
    if (fact.kind !== 'acknowledged' || !mayCall(home)) return [];
    const { salutation, acceptsCalls: counts, phone } = home;
    return [
      {
        ...addressOf(before),
        kind: 'notice',
        // Once, and again where an outcome was taken back: nobody has seen the person then.
        subject: `elder/${before.id}/${before.alert.ladderFrom}`,
        phone: phone ?? '',
        channel: 'voice',
        content: { kind: 'notice', notice: { kind: 'elder_call', salutation, counts } },
        urgency: URGENCY.usual,
      },
    ];
  });
}

/** A short word to one person about a home to which they were going. */
function wordTo(
  alert: LockedAlert,
  personId: string,
  kind: 'acknowledgement_expired' | 'relieved' | 'replaced',
): PlannedMessage[] {
  const contact = alert.contacts.get(personId);
  if (!contact) return [];
  const { code, salutation } = alert.home;
  return [
    {
      ...addressOf(alert),
      kind: 'notice',
      subject: `${kind}/${alert.id}/${alert.alert.nextStep}`,
      personId,
      phone: contact.phone,
      robotId: contact.robotId,
      channel: contact.channels[0] ?? 'sms',
      content: { kind: 'notice', notice: { kind, code, salutation } },
      urgency: URGENCY.usual,
    },
  ];
}

const mayCall = (home: AlertHome): boolean =>
  home.callsElder && home.phone !== null && !home.hearingWeak && home.canCall;

/** Everyone paged is stood down, and nobody else; an alert that was opened anew has a stand-down of its own. */
async function standDown(tx: Tx, closed: readonly AlertChange[], now: Temporal.Instant): Promise<void> {
  const ids = closed.map(({ before }) => before.id);
  const unsent = await lockMessages(
    tx,
    sql`m.alert_id = any (${ids}::uuid[]) and (m.kind = 'page' or m.kind = 'notice') and m.state = 'planned'`,
  );
  await sql`
    update message set state = 'failed', failure = 'stood_down', settled_at = ${toDate(now)}, next_attempt_at = null
    where id = any (${unsent.map(({ id }) => id)}::uuid[])`.execute(tx);
  const { rows } = await sql<{
    alertId: string;
    personId: string;
    phone: string;
    channel: Channel;
    robotId: string | null;
  }>`
    select distinct on (alert_id, person_id, channel = 'robot') alert_id as "alertId", person_id as "personId", phone,
      channel, robot_id as "robotId"
    from message where alert_id = any (${ids}::uuid[]) and kind = 'page' and failure is distinct from 'stood_down'
    order by alert_id, person_id, channel = 'robot', channel = 'voice', channel`.execute(tx);
  const byId = new Map(closed.map((change) => [change.before.id, change]));
  const messages = rows.flatMap(({ alertId, personId, phone, channel, robotId }): PlannedMessage[] => {
    const change = byId.get(alertId);
    const closure = change?.facts.find((fact) => fact.kind === 'closed');
    if (!change || !closure || closure.except === personId) return [];
    return [
      {
        ...addressOf(change.before),
        kind: 'stand_down',
        step: change.after.nextStep,
        personId,
        phone,
        robotId,
        channel,
        content: standDownOf(change, now),
        urgency: URGENCY.usual,
      },
    ];
  });
  await planMessages(tx, messages, now);
}

function standDownOf({ before, facts }: AlertChange, now: Temporal.Instant): MessageContent {
  const outcome = facts.find((fact) => fact.kind === 'outcome_recorded');
  const signal = facts.find((fact) => fact.kind === 'signal_seen');
  const at = localTime(signal?.at ?? now, before.home.timeZone);
  const because = outcome ? { outcome: outcome.outcome } : { signal: true as const };
  return { kind: 'stand_down', standDown: { home: homeOf(before), at, ...because } };
}

const addressOf = (alert: LockedAlert) => ({
  alertId: alert.id,
  communityId: alert.communityId,
  language: alert.home.language,
});

function homeOf({ home }: LockedAlert): SmsHome {
  const { code, salutation, phone } = home;
  return { code, salutation, place: placeOf(home, home.language), ...(phone ? { phone } : {}) };
}

function riskFactsOf(home: AlertHome, onDate: string) {
  const date = Temporal.PlainDate.from(onDate);
  return {
    age: home.birthYear === null ? undefined : date.year - home.birthYear,
    livesAlone: home.livesAlone,
    hasNote: home.hasNote,
    hearingWeak: home.hearingWeak,
    daysSinceSeen: home.lastKeptOn === null ? undefined : date.since(home.lastKeptOn).days,
  };
}

/** Since when a sensor is silent, with the date where it is not the alert's own. */
function sinceOf(alert: LockedAlert, silentSince: Date): string {
  const since = toInstant(silentSince);
  const time = localTime(since, alert.home.timeZone);
  const date = since.toZonedDateTimeISO(alert.home.timeZone).toPlainDate();
  return date.toString() === alert.onDate ? time : `${date.month}-${date.day} ${time}`;
}
