import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Channel } from '#pact/ladder.ts';
import { type MessageContent, smsText } from '#pact/text/content.ts';
import type { Language } from '#pact/text/language.ts';
import { announceAll } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate, toInstant } from '../instant.ts';
import { type Addressed, fillEnvelopes } from './envelope.ts';

/** What a provider is handed, ours to send until `leaseUntil`: one message, or several pages of one person as a list. */
export type Envelope = {
  /** The id of its first message. */
  key: string;
  kind: OutgoingKind;
  /** Those that its messages are about. */
  alertIds: readonly string[];
  /** Of the first page of a home's alert: when her deadline was. */
  deadlineAt: Temporal.Instant | undefined;
  channel: Channel;
  to: string;
  content: MessageContent;
  text: string;
  language: Language;
  attempts: number;
  createdAt: Temporal.Instant;
  firstTriedAt: Temporal.Instant;
  leaseUntil: Temporal.Instant;
  /** An earlier attempt may have been accepted: ask the provider before sending again (invariant 4). */
  mustSettle: boolean;
  /** Only pages for alerts that are closed by now: nobody is to be called any more. */
  isPointless: boolean;
  isList: boolean;
};

type OutgoingKind = 'page' | 'stand_down' | 'answer' | 'notice';

type Row = Addressed & {
  state: 'planned' | 'sending';
  kind: OutgoingKind;
  attempts: number;
  createdAt: Date;
  sendingAt: Date | null;
  phone: string;
  text: string;
  language: Language | null;
  envelope: MessageContent | null;
  communityId: string | null;
  isOver: boolean;
  deadlineAt: Date | null;
};

/** The channels in which something is due: most times none is, and this one question is all that it costs. */
export async function findDueChannels(db: Db, now: Temporal.Instant): Promise<Channel[]> {
  const { rows } = await sql<{ channel: Channel }>`
    select distinct m.channel from message m
    where ${isToSend} and ${isDueAt(now)} order by m.channel`.execute(db);
  return rows.map(({ channel }) => channel);
}

/** Neither recorded as sent nor told of in another's envelope. */
const isToSend = sql`m.state in ('planned', 'sending') and (m.envelope_id is null or m.envelope_id = m.id)`;

/** Such a one was meant to go at once, whatever the clock said by which it was planned. */
export const isUntried = sql`m.state = 'planned' and m.attempts = 0`;

const isDueAt = (now: Temporal.Instant) => sql`(m.next_attempt_at <= ${toDate(now)} or ${isUntried})`;

/**
 * Takes up to `limit` messages whose time has come, the urgent ones first, and those that somebody took and
 * never recorded within the lease. Pages that wait for the same person are taken together, as one list. Any
 * number of processes may take at once. A message is 'sending' from here on, until its fate is recorded;
 * `leaseMs` counts in the clock's time and must outlast one attempt.
 */
export async function takeDueMessages(
  db: Db,
  { channel, limit, leaseMs }: { channel: Channel; limit: number; leaseMs: number },
  now: Temporal.Instant,
): Promise<Envelope[]> {
  const leaseUntil = now.add({ milliseconds: leaseMs });
  return db.transaction().execute(async (tx) => {
    const first = await lockDue(tx, sql`m.channel = ${channel} and ${isDueAt(now)}`, limit);
    const others = await lockCompanions(tx, first, channel);
    const envelopes = fillEnvelopes([...first, ...others]);
    if (envelopes.length === 0) return [];
    await seal(tx, envelopes, now, leaseUntil);
    await announceAll(tx, [...first, ...others].flatMap(homeOf));
    return envelopes.map(({ leader, members, list }) => envelopeOf(leader, members, list, now, leaseUntil));
  });
}

/**
 * Locks what is due. Pages of one person are taken by one process at a time, so that those that wait are one list
 * and not one from each process: whoever does not get the person leaves them to who did.
 */
async function lockDue(tx: Tx, which: ReturnType<typeof sql>, limit: number): Promise<Row[]> {
  const isDue = sql`${isToSend} and ${which}`;
  const order = sql`m.urgency, m.next_attempt_at, m.created_at, m.id`;
  const { rows } = await sql<Row>`
    with candidate as materialized (
      select m.id, m.kind, m.person_id, m.channel from message m where ${isDue} order by ${order} limit ${limit}
    ), mine as materialized (
      select id from candidate where kind <> 'page' or person_id is null
        or pg_try_advisory_xact_lock(hashtextextended(person_id || '/' || channel, 0))
    )
    select m.id, m.state, m.kind, m.attempts, m.created_at as "createdAt", m.sending_at as "sendingAt", m.phone,
      m.text, m.language, m.content, m.envelope, m.channel, m.robot_id as "robotId", m.person_id as "personId",
      m.alert_id as "alertId", m.step, m.community_id as "communityId", a.household_id as "householdId",
      coalesce(m.kind = 'page' and a.status = 'closed', false) as "isOver",
      case when m.kind = 'page' and m.step = 0 then a.deadline_at end as "deadlineAt",
      m.urgency, m.envelope_id as "envelopeId"
    from message m join mine on mine.id = m.id left join alert a on a.id = m.alert_id
    where ${isDue} order by ${order}
    for update of m skip locked`.execute(tx);
  return rows;
}

/**
 * Pages that wait for people who are about to get one, so that they get one list and not a stream of messages.
 * One that waits for its next try comes along: after an outage not all of a person's are due at once.
 */
async function lockCompanions(tx: Tx, taken: readonly Row[], channel: Channel): Promise<Row[]> {
  const people = taken.flatMap((row) =>
    row.kind === 'page' && row.state === 'planned' && row.personId ? [row.personId] : [],
  );
  if (people.length === 0) return [];
  const isWaiting = sql`m.channel = ${channel} and m.state = 'planned' and m.kind = 'page'
    and m.person_id = any (${[...new Set(people)]}::uuid[]) and not (m.id = any (${taken.map(({ id }) => id)}::uuid[]))`;
  return lockDue(tx, isWaiting, MOST_COMPANIONS);
}

const MOST_COMPANIONS = 1_000;

type Filled = ReturnType<typeof fillEnvelopes<Row>>[number];

async function seal(
  tx: Tx,
  envelopes: readonly Filled[],
  now: Temporal.Instant,
  leaseUntil: Temporal.Instant,
): Promise<void> {
  const members = envelopes.flatMap((filled) =>
    filled.members.map((member) => ({
      id: member.id,
      key: filled.leader.id,
      list: member === filled.leader && filled.list ? JSON.stringify(filled.list) : null,
    })),
  );
  await sql`
    update message m set state = 'sending', attempts = m.attempts + 1, next_attempt_at = ${toDate(leaseUntil)},
      sending_at = coalesce(m.sending_at, ${toDate(now)}::timestamptz), envelope_id = u.key,
      envelope = coalesce(u.list, m.envelope), failure = null
    from unnest(${members.map(({ id }) => id)}::uuid[], ${members.map(({ key }) => key)}::uuid[],
      ${members.map(({ list }) => list)}::jsonb[]) as u(id, key, list)
    where m.id = u.id`.execute(tx);
  // A list that may have been accepted keeps its members: the provider knows them by its key. One that is locked is
  // being settled, and whoever waits here holds what that one waits for.
  const inDoubt = envelopes.filter(({ leader }) => leader.state === 'sending').map(({ leader }) => leader.id);
  if (inDoubt.length === 0) return;
  await sql`
    update message set next_attempt_at = ${toDate(leaseUntil)}, failure = null
    where id in (select id from message where envelope_id = any (${inDoubt}::uuid[]) and id <> envelope_id
      and state = 'sending' for update skip locked)`.execute(tx);
}

function envelopeOf(
  leader: Row,
  members: readonly Row[],
  list: MessageContent | undefined,
  now: Temporal.Instant,
  leaseUntil: Temporal.Instant,
): Envelope {
  const language = leader.language ?? 'zh-CN';
  const written = list ?? leader.envelope;
  const content: MessageContent = written ?? leader.content ?? { kind: 'plain', text: leader.text };
  return {
    key: leader.id,
    kind: leader.kind,
    alertIds: [...new Set(members.flatMap(({ alertId }) => alertId ?? []))],
    deadlineAt: leader.deadlineAt ? toInstant(leader.deadlineAt) : undefined,
    channel: leader.channel,
    to: leader.channel === 'robot' ? (leader.robotId ?? '') : leader.phone,
    content,
    text: written ? smsText(written, language) : leader.text,
    language,
    attempts: leader.attempts + 1,
    createdAt: toInstant(leader.createdAt),
    firstTriedAt: toInstant(leader.sendingAt ?? toDate(now)),
    leaseUntil,
    mustSettle: leader.state === 'sending',
    isPointless: members.every((member) => member.isOver),
    isList: written?.kind === 'list',
  };
}

const homeOf = ({ communityId, householdId }: Row) =>
  communityId && householdId ? [{ communityId, householdId }] : [];
