import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { asksWhetherBack } from '#pact/leave.ts';
import { isQuiet } from '#pact/schedule.ts';
import type { NoticeContent } from '#pact/text/notices.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { announceAll } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { firstStewardOf } from '../duty/first-steward.ts';
import { toDate, toInstant } from '../instant.ts';
import { URGENCY } from '../message/plan-message.ts';
import { localTime } from '../notice/local-time.ts';
import { tellOffice } from '../notice/tell-office.ts';
import { tellPerson } from '../notice/tell-person.ts';
import { createLeaveLink } from './leave-link.ts';

/** Where a token's page is; undefined where the service has no address that phones can reach. */
export type LinkOf = ((token: string) => string) | undefined;

type LeaveOfHome = { leaveId: string; householdId: string; communityId: string };

async function findFirstSteward(tx: Tx, householdId: string): Promise<string | undefined> {
  const { rows } = await sql<{
    id: string | null;
  }>`select ${firstStewardOf(sql`${householdId}::uuid`)} as id`.execute(tx);
  return rows[0]?.id ?? undefined;
}

/** Tells the office and the first steward what somebody else has said of a leave; whoever said it knows. */
export async function tellOfLeave(
  tx: Tx,
  { leaveId, householdId, communityId }: LeaveOfHome,
  { notice, by }: { notice: Extract<NoticeContent, { kind: 'leave_said' | 'leave_cancelled' }>; by: string },
  now: Temporal.Instant,
): Promise<void> {
  const until = notice.kind === 'leave_said' ? `/${notice.fromOn}/${notice.untilOn}` : '';
  const subject = `${notice.kind}/${leaveId}${until}`;
  const content = { kind: 'notice' as const, notice };
  await tellOffice(tx, { communityId, content, subject, urgency: URGENCY.notice }, now);
  const steward = await findFirstSteward(tx, householdId);
  if (steward && steward !== by) await tellPerson(tx, steward, { notice, subject }, now);
}

type Opened = LeaveOfHome & {
  code: string;
  salutation: string;
  timeZone: string;
  quietFrom: string;
  quietUntil: string;
  fromOn: string;
  untilOn: string;
  openedAt: Date;
};

/**
 * Asks whether somebody is back, where a curtain opened in the middle of a leave: the first steward, or the office where
 * there is none. Nothing ends by itself: it may have been a cleaner. Where nobody was back it asks again on another day,
 * and never in quiet hours. @returns how many were asked
 */
export async function askWhetherBack(db: Db, now: Temporal.Instant, linkOf: LinkOf): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const at = toDate(now);
    const { rows } = await sql<Opened>`
      select l.id as "leaveId", h.id as "householdId", h.community_id as "communityId", h.code, h.salutation,
        c.time_zone as "timeZone", c.quiet_from as "quietFrom", c.quiet_until as "quietUntil",
        l.from_on as "fromOn", l.until_on as "untilOn", e.at as "openedAt"
      from leave l join household h on h.id = l.household_id and h.removed_at is null
      join community c on c.id = h.community_id
      join lateral (
        select min(e.at) as at from event e where e.household_id = h.id and e.opening and e.type not in ('seen', 'called')
          and e.at >= (greatest(l.from_on, (l.opened_at at time zone c.time_zone)::date) + 1)::timestamp at time zone c.time_zone
          and e.at <= ${at}
      ) e on e.at is not null
      where l.cancelled_at is null and (l.opened_at is null or l.back is false)
        and (${at}::timestamptz at time zone c.time_zone)::date between l.from_on and l.until_on
      order by l.id for update of l skip locked`.execute(tx);
    const asked = rows.filter((leave) => asksNow(leave, now));
    for (const leave of asked) {
      await tx
        .updateTable('leave')
        .set({ opened_at: leave.openedAt, back: null })
        .where('id', '=', leave.leaveId)
        .execute();
      await ask(tx, leave, now, linkOf);
    }
    await announceAll(tx, asked);
    return asked.length;
  });
}

function asksNow(leave: Opened, now: Temporal.Instant): boolean {
  const { fromOn, untilOn, openedAt, timeZone, quietFrom, quietUntil } = leave;
  const days = { fromOn: Temporal.PlainDate.from(fromOn), untilOn: Temporal.PlainDate.from(untilOn) };
  return (
    asksWhetherBack(days, localDateAt(toInstant(openedAt), timeZone)) &&
    !isQuiet({ from: quietFrom, until: quietUntil }, now, timeZone)
  );
}

async function ask(tx: Tx, leave: Opened, now: Temporal.Instant, linkOf: LinkOf): Promise<void> {
  const { leaveId, householdId, communityId, code, salutation, openedAt, timeZone } = leave;
  const subject = `leave_opened/${leaveId}/${openedAt.toISOString()}`;
  const at = localTime(toInstant(openedAt), timeZone);
  const steward = await findFirstSteward(tx, householdId);
  const notice = { kind: 'leave_opened' as const, code, salutation, at };
  if (!steward) {
    const content = { kind: 'notice' as const, notice };
    await tellOffice(tx, { communityId, content, subject, urgency: URGENCY.notice }, now);
    return;
  }
  const link = await linkFor(tx, { householdId, personId: steward }, now, linkOf);
  await tellPerson(tx, steward, { notice: { ...notice, ...link }, subject }, now);
}

/**
 * Reminds whoever asked for a leave that it ends tomorrow, with a link by which they can make it longer. The office and
 * the stewards read it in their evening. @returns how many messages were planned
 */
export async function remindOfEnds(
  tx: Tx,
  { communityId, date }: { communityId: string; date: Temporal.PlainDate },
  now: Temporal.Instant,
  linkOf: LinkOf,
): Promise<number> {
  const lastDay = date.add({ days: 1 }).toString();
  const ending = await tx
    .selectFrom('leave as l')
    .innerJoin('household as h', 'h.id', 'l.household_id')
    .select(['l.id', 'l.household_id as householdId', 'l.asked_by as askedBy', 'h.code', 'h.salutation'])
    .where('h.community_id', '=', communityId)
    .where('h.removed_at', 'is', null)
    .where('l.cancelled_at', 'is', null)
    .where('l.until_on', '=', lastDay)
    .where('l.asked_by', 'is not', null)
    .orderBy('l.id')
    .execute();
  let planned = 0;
  for (const { id, householdId, askedBy, code, salutation } of ending) {
    const personId = askedBy ?? '';
    const link = await linkFor(tx, { householdId, personId }, now, linkOf);
    const notice = { kind: 'leave_ends' as const, code, salutation, untilOn: lastDay, ...link };
    planned += await tellPerson(tx, personId, { notice, subject: `leave_ends/${id}/${lastDay}` }, now);
  }
  return planned;
}

/** Sends the link by which somebody says when a home is away. @returns how many messages were planned */
export async function sendLeaveLink(
  tx: Tx,
  { householdId, personId, code, salutation }: LinkTo & { code: string; salutation: string },
  link: string,
  now: Temporal.Instant,
): Promise<number> {
  const notice = { kind: 'leave_link' as const, code, salutation, link };
  const minute = Math.floor(now.epochMilliseconds / 60_000);
  return tellPerson(
    tx,
    personId,
    { notice, subject: `leave_link/${householdId}/${personId}/${minute}` },
    now,
  );
}

type LinkTo = { householdId: string; personId: string };

async function linkFor(
  tx: Tx,
  to: LinkTo,
  now: Temporal.Instant,
  linkOf: LinkOf,
): Promise<{ link?: string }> {
  if (!linkOf) return {};
  const made = await createLeaveLink(tx, to, now);
  return made ? { link: linkOf(made.token) } : {};
}
