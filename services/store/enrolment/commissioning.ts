import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import { COMMISSIONING_MINUTES } from '#pact/enrolment.ts';
import type { Channel } from '#pact/ladder.ts';
import type { Language } from '#pact/text/language.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announceAll } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { findChannels, usableChannels } from '../message/channels.ts';
import { type PlannedMessage, planMessages, URGENCY } from '../message/plan-message.ts';
import { type Author, refuse, type Saved, saved, signatureOf } from '../register/refusal.ts';

/** Events that are this young may still be overtaken by an older one that commits later. */
const SETTLED_SECONDS = 10;

/** Of one test; whoever needs more has another problem. */
const MOST_PAGES = 9;

/** Starts a home's commissioning test anew: from now on it looks for an opening, a closing, and then pages the steward. */
export async function startCommissioning(
  db: Db,
  householdId: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ id: string }>> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ sensorId: string | null; hasPrimary: boolean }>`
      select (select s.id from sensor s where s.household_id = h.id and s.retired_at is null
          order by s.id not in (select sensor_id from commissioning where household_id = h.id and passed_at is not null) desc,
            s.enrolled_at desc, s.id limit 1) as "sensorId",
        exists (select 1 from assignment a join person p on p.id = a.person_id
          where a.household_id = h.id and a.role = 'primary' and p.removed_at is null) as "hasPrimary"
      from household h where h.id = ${householdId} and h.removed_at is null and not h.is_canary for update`.execute(
      tx,
    );
    const home = rows[0];
    if (!home) return refuse('not_found');
    if (!home.sensorId) return refuse('no_sensor');
    if (!home.hasPrimary) return refuse('no_steward');
    const at = toDate(now);
    await endRunning(tx, householdId, at);
    const id = randomUUID();
    await sql`
      insert into commissioning (id, household_id, sensor_id, started_at, started_by, event_upto)
      select ${id}, ${householdId}, ${home.sensorId}, ${at}, ${signatureOf(by)}, coalesce(max(id), 0) from event`.execute(
      tx,
    );
    await recordAudit(
      tx,
      { actor: by, action: 'commissioning.start', subjectKind: 'household', subjectId: householdId },
      now,
    );
    return saved({ id });
  });
}

/** Gives a running test up; what it has seen stays on record. */
export async function abandonCommissioning(
  db: Db,
  householdId: string,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    const ended = await endRunning(tx, householdId, toDate(now));
    return ended ? saved(undefined) : refuse('not_running');
  });
}

async function endRunning(tx: Tx, householdId: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('commissioning')
    .set({ ended_at: at })
    .where('household_id', '=', householdId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The steward has the page in hand and says so: for providers that tell nothing of delivery. */
export async function confirmPage(
  db: Db,
  householdId: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('commissioning')
      .set({ page_reached_at: toDate(now), page_confirmed_by: signatureOf(by) })
      .where('household_id', '=', householdId)
      .where('ended_at', 'is', null)
      .where('paged_at', 'is not', null)
      .where('page_reached_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return refuse('not_running');
    await recordAudit(
      tx,
      { actor: by, action: 'commissioning.confirm', subjectKind: 'household', subjectId: householdId },
      now,
    );
    return saved(undefined);
  });
}

/** Sends the steward another page; the one before may have gone to a phone that was off. */
export async function repeatPage(
  db: Db,
  householdId: string,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    const test = await tx
      .selectFrom('commissioning')
      .select('id')
      .where('household_id', '=', householdId)
      .where('ended_at', 'is', null)
      .where('paged_at', 'is not', null)
      .where('page_count', '<', MOST_PAGES)
      .forUpdate()
      .executeTakeFirst();
    if (!test) return refuse('not_running');
    await pageStewards(tx, [test.id], now);
    return saved(undefined);
  });
}

/**
 * Moves running tests on by what has happened since: an opening and a closing of the home's sensors that were
 * received after the start, then a page to the steward, then that page's arrival. Ends those that ran out.
 * @returns how many pages were planned
 */
export async function watchCommissionings(db: Db, now: Temporal.Instant): Promise<number> {
  const running = await db
    .selectFrom('commissioning')
    .select('id')
    .where('ended_at', 'is', null)
    .limit(1)
    .execute();
  if (running.length === 0) return 0;
  return db.transaction().execute(async (tx) => {
    const at = toDate(now);
    await sql`
      update commissioning set ended_at = ${at}
      where ended_at is null and started_at < ${toDate(now.subtract({ minutes: COMMISSIONING_MINUTES }))}`.execute(
      tx,
    );
    await seeCurtains(tx, now);
    const { rows: due } = await sql<{ id: string }>`
      select id from commissioning where ended_at is null and opened_at is not null and closed_at is not null
        and paged_at is null for update skip locked`.execute(tx);
    const paged = await pageStewards(
      tx,
      due.map(({ id }) => id),
      now,
    );
    await sql`
      update commissioning c set page_reached_at = coalesce(m.read_at, m.delivered_at, ${at}::timestamptz)
      from generate_series(1, ${MOST_PAGES}::int) as n, message m
      where n <= c.page_count and m.kind = 'notice' and m.subject = 'commissioning/' || c.id || '/' || n
        and m.state in ('delivered', 'read') and c.ended_at is null and c.page_reached_at is null`.execute(
      tx,
    );
    const { rows: passed } = await sql<{ communityId: string; householdId: string }>`
      update commissioning c set passed_at = ${at}, ended_at = ${at} from household h
      where h.id = c.household_id and c.ended_at is null and c.opened_at is not null and c.closed_at is not null
        and c.page_reached_at is not null
      returning h.community_id as "communityId", h.id as "householdId"`.execute(tx);
    await announceAll(tx, passed);
    return paged;
  });
}

/** What the sensor under test has said since; a message kept by a broker is no evidence here either. */
async function seeCurtains(tx: Tx, now: Temporal.Instant): Promise<void> {
  await sql`
    with running as (
      select * from commissioning where ended_at is null for update skip locked
    ), fresh as (
      select r.id,
        min(e.received_at) filter (where e.opening) as opened,
        min(e.received_at) filter (where e.type = 'closed' or e.type = 'position' and e.position < s.open_percent) as closed
      from running r join sensor s on s.id = r.sensor_id
      join event e on e.id > (select min(event_upto) from running) and e.id > r.event_upto and e.sensor_id = r.sensor_id
        and not e.retained and e.received_at >= r.started_at and e.at >= r.started_at - interval '2 minutes'
      group by r.id
    )
    update commissioning c set
      opened_at = coalesce(c.opened_at, f.opened), closed_at = coalesce(c.closed_at, f.closed),
      event_upto = greatest(c.event_upto, coalesce((
        select max(e.id) from event e where e.id > (select min(event_upto) from running)
          and e.received_at < ${toDate(now.subtract({ seconds: SETTLED_SECONDS }))}), 0))
    from running r left join fresh f on f.id = r.id
    where c.id = r.id`.execute(tx);
}

type Due = {
  id: string;
  communityId: string;
  language: Language;
  code: string;
  salutation: string;
  pageCount: number;
  personId: string;
  phone: string;
  channels: Channel[];
  robotId: string | null;
};

/** A page to each home’s first steward, the way that this person is paged first. */
async function pageStewards(tx: Tx, ids: readonly string[], now: Temporal.Instant): Promise<number> {
  if (ids.length === 0) return 0;
  const { rows } = await sql<Due>`
    update commissioning c set paged_at = ${toDate(now)}, page_count = c.page_count + 1
    from household h join community m on m.id = h.community_id
    join lateral (
      select p.id, p.phone, p.channels, p.robot_id from assignment a join person p on p.id = a.person_id
      where a.household_id = h.id and a.role = 'primary' and p.removed_at is null order by a.position, p.id limit 1
    ) p on true
    where c.id = any (${ids}::uuid[]) and h.id = c.household_id
    returning c.id, h.community_id as "communityId", m.language, h.code, h.salutation, c.page_count as "pageCount",
      p.id as "personId", p.phone, p.channels, p.robot_id as "robotId"`.execute(tx);
  const available = await findChannels(tx);
  const messages = rows.map((due): PlannedMessage => {
    const { code, salutation } = due;
    return {
      communityId: due.communityId,
      kind: 'notice',
      subject: `commissioning/${due.id}/${due.pageCount}`,
      personId: due.personId,
      phone: due.phone,
      robotId: due.robotId,
      channel: usableChannels(due.channels, available, due.robotId !== null)[0] ?? 'sms',
      language: due.language,
      content: { kind: 'notice', notice: { kind: 'commissioning', code, salutation } },
      urgency: URGENCY.usual,
    };
  });
  return planMessages(tx, messages, now);
}
