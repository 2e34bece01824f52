import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { findOutages, isCovered, isOver, type Outage, type StormInput } from '#pact/storm.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { CATCH_UP_SECONDS } from '#pact/verdict.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { URGENCY } from '../message/plan-message.ts';
import { localTime } from '../notice/local-time.ts';
import { tellOffice } from '../notice/tell-office.ts';
import { findTroubled, readStorm, type StormCommunity } from './read-storm.ts';

/**
 * Looks for homes that fell silent or missed together, notes what they have in common and tells the office, once
 * a cause and day; and notes the end when they are back. It silences nothing: every home stays red, and its
 * people are paged.
 * @returns how many messages were planned
 */
export async function watchOutages(db: Db, now: Temporal.Instant): Promise<number> {
  const troubled = await findTroubled(db, now);
  if (troubled.length === 0) return 0;
  if (await isCatchingUp(db, now)) return 0;
  let planned = 0;
  for (const community of troubled) {
    planned += await db.transaction().execute((tx) => watchCommunity(tx, community, now));
  }
  return planned;
}

/** After a downtime of ours every sensor looks silent until it has spoken again. */
async function isCatchingUp(db: Db, now: Temporal.Instant): Promise<boolean> {
  const since = toDate(now.subtract({ seconds: CATCH_UP_SECONDS * 2 }));
  const { rows } =
    await sql`select name from watermark where resumed_at > ${since} and resumed_at <= ${toDate(now)}`.execute(
      db,
    );
  return rows.length > 0;
}

async function watchCommunity(tx: Tx, community: StormCommunity, now: Temporal.Instant): Promise<number> {
  // Two processes look one after the other: each of them sees what the other has noted.
  await sql`select pg_advisory_xact_lock(hashtext('outage'), hashtext(${community.id}))`.execute(tx);
  const storm = await readStorm(tx, community, now);
  const known = await endOutages(tx, community, storm, now);
  let planned = 0;
  for (const outage of findOutages(storm)) {
    const id = known.subjects.get(`${outage.cause}/${outage.subject}`);
    if (id) {
      await growOutage(tx, id, outage);
      continue;
    }
    if (isCovered(outage.householdIds, known.homes)) continue;
    planned += await noteOutage(tx, community, outage, now);
  }
  return planned;
}

/** Ends those whose homes are back; answers what is told and goes on. */
async function endOutages(tx: Tx, community: StormCommunity, storm: StormInput, now: Temporal.Instant) {
  const silent = new Set(storm.homes.flatMap((home) => (home.silentSince ? [home.householdId] : [])));
  const missing = new Set(storm.missing.map(({ householdId }) => householdId));
  const open = await tx
    .selectFrom('outage')
    .select(['id', 'cause', 'subject', 'household_ids as householdIds'])
    .where('community_id', '=', community.id)
    .where('ended_at', 'is', null)
    .execute();
  const over = open.filter(({ cause, householdIds }) =>
    isOver(householdIds, cause === 'community' ? missing : silent),
  );
  if (over.length > 0) {
    const ids = over.map(({ id }) => id);
    await tx
      .updateTable('outage')
      .set({ ended_at: toDate(now) })
      .where('id', 'in', ids)
      .execute();
    await announce(tx, { communityId: community.id, householdIds: [] });
  }
  const going = open.filter((outage) => !over.includes(outage));
  return {
    subjects: new Map(going.map(({ id, cause, subject }) => [`${cause}/${subject}`, id])),
    homes: new Set(going.flatMap(({ householdIds }) => householdIds)),
  };
}

/** Homes that join an outage are shown with it; the office has been told of it. */
async function growOutage(tx: Tx, id: string, { householdIds }: Outage): Promise<void> {
  await sql`
    update outage set household_ids = array(select distinct unnest(household_ids || ${householdIds}::uuid[]) order by 1)
    where id = ${id} and not household_ids @> ${householdIds}::uuid[]`.execute(tx);
}

/** One that comes back on the same day goes on, and the office has been told of it. */
async function noteOutage(
  tx: Tx,
  { id: communityId, timeZone }: StormCommunity,
  outage: Outage,
  now: Temporal.Instant,
): Promise<number> {
  const { cause, subject, beganAt, householdIds } = outage;
  const date = localDateAt(now, timeZone).toString();
  const { rows } = await sql<{ isNew: boolean }>`
    insert into outage (id, community_id, cause, subject, on_date, began_at, noticed_at, household_ids)
    values (${randomUUID()}, ${communityId}, ${cause}, ${subject}, ${date}, ${toDate(beganAt)}, ${toDate(now)}, ${householdIds}::uuid[])
    on conflict (community_id, cause, subject, on_date) do update set ended_at = null, household_ids = excluded.household_ids
    returning xmax = 0 as "isNew"`.execute(tx);
  await announce(tx, { communityId, householdIds: [] });
  if (!rows[0]?.isNew) return 0;
  const codes = await tx
    .selectFrom('household')
    .select('code')
    .where('id', 'in', [...householdIds])
    .orderBy('code')
    .execute();
  const notice = {
    kind: 'outage' as const,
    cause,
    subject,
    since: sinceOf(beganAt, timeZone, date),
    homes: codes.map(({ code }) => code),
  };
  const content = { kind: 'notice' as const, notice };
  const key = `outage/${communityId}/${cause}/${subject}/${date}`;
  return tellOffice(tx, { communityId, content, subject: key, urgency: URGENCY.usual }, now);
}

/** With the date where it is not today's. */
function sinceOf(beganAt: Temporal.Instant, timeZone: string, today: string): string {
  const date = localDateAt(beganAt, timeZone);
  const time = localTime(beganAt, timeZone);
  return date.toString() === today ? time : `${date.month}-${date.day} ${time}`;
}
