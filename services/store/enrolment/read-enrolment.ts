import { type RawBuilder, sql } from 'kysely';
import type { CommissioningView, EnrolmentView, UnfinishedHome } from '#contracts/http/register/enrolment.ts';
import { COMMISSIONING_MINUTES, type EnrolmentFacts, missingSteps } from '#pact/enrolment.ts';
import type { Db, Tx } from '../database.ts';
import { toInstant } from '../instant.ts';
import { iso, isoOrNull } from '../today/iso.ts';
import { listConsents } from './consent.ts';

type Row = EnrolmentFacts & Omit<UnfinishedHome, 'missing'>;

/** The columns of `EnrolmentFacts`, over `household h` and its `pact p`, which may be absent. */
export const enrolmentFacts = (today: RawBuilder<unknown>): RawBuilder<EnrolmentFacts> => sql`
  exists (select 1 from consent s where s.household_id = h.id and s.purpose = 'pact' and s.withdrawn_on is null) as consented,
  coalesce(p.until_on is null or p.until_on >= ${today}, true) and p.id is not null as "pactStands",
  coalesce('opened' = any (p.accepts), true) as "needsSensor",
  exists (select 1 from assignment a join person s on s.id = a.person_id
    where a.household_id = h.id and a.role = 'primary' and s.removed_at is null) as "hasPrimary",
  array(select s.id from sensor s where s.household_id = h.id and s.retired_at is null order by s.id) as "sensorIds",
  array(select distinct t.sensor_id from commissioning t
    where t.household_id = h.id and t.passed_at is not null) as "testedSensorIds"`;

/** What stands between homes and their protection, for those that the condition over `household h` picks. */
async function readFacts(db: Db | Tx, which: RawBuilder<unknown>): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select h.id as "householdId", h.code, h.salutation, h.building, h.unit, h.room, ${enrolmentFacts(sql`h.today`)}
    from (${which}) h left join pact p on p.household_id = h.id
    order by h.code`.execute(db);
  return rows;
}

/** How far one home has come. */
export async function readEnrolment(
  db: Db,
  householdId: string,
  now: Date,
): Promise<EnrolmentView | undefined> {
  const [facts] = await readFacts(db, livingHomes(sql`h.id = ${householdId}`, now));
  if (!facts) return undefined;
  const { code, salutation } = facts;
  return {
    householdId,
    code,
    salutation,
    missing: missingSteps(facts),
    consents: await listConsents(db, householdId),
    commissioning: await findLastTest(db, householdId),
  };
}

/** The homes of a community that are not protected yet, and what each lacks. */
export async function listUnfinished(db: Db, communityId: string, now: Date): Promise<UnfinishedHome[]> {
  const rows = await readFacts(db, livingHomes(sql`h.community_id = ${communityId}`, now));
  return rows.flatMap((row) => {
    const missing = missingSteps(row);
    const { householdId, code, salutation, building, unit, room } = row;
    return missing.length === 0 ? [] : [{ householdId, code, salutation, building, unit, room, missing }];
  });
}

const livingHomes = (where: RawBuilder<unknown>, now: Date) => sql`
  select h.*, (${now}::timestamptz at time zone c.time_zone)::date as today
  from household h join community c on c.id = h.community_id
  where h.removed_at is null and not h.is_canary and ${where}`;

type TestRow = Omit<
  CommissioningView,
  'startedAt' | 'untilAt' | `${'opened' | 'closed' | 'paged' | 'pageReached' | 'passed' | 'ended'}At`
> & {
  startedAt: Date;
} & Record<'openedAt' | 'closedAt' | 'pagedAt' | 'pageReachedAt' | 'passedAt' | 'endedAt', Date | null>;

async function findLastTest(db: Db, householdId: string): Promise<CommissioningView | null> {
  const { rows } = await sql<TestRow>`
    select c.id, c.sensor_id as "sensorId", c.started_at as "startedAt", c.opened_at as "openedAt",
      c.closed_at as "closedAt", c.paged_at as "pagedAt", c.page_reached_at as "pageReachedAt",
      c.passed_at as "passedAt", c.ended_at as "endedAt", m.state as "pageState", coalesce(m.name, steward.name) as steward
    from commissioning c
    left join lateral (
      select m.state, p.name from message m left join person p on p.id = m.person_id
      where m.kind = 'notice' and m.subject = 'commissioning/' || c.id || '/' || c.page_count limit 1
    ) m on true
    left join lateral (
      select p.name from assignment a join person p on p.id = a.person_id
      where a.household_id = c.household_id and a.role = 'primary' and p.removed_at is null
      order by a.position, p.id limit 1
    ) steward on true
    where c.household_id = ${householdId} order by c.started_at desc, c.id limit 1`.execute(db);
  const row = rows[0];
  if (!row) return null;
  return {
    ...row,
    startedAt: iso(row.startedAt),
    untilAt: toInstant(row.startedAt).add({ minutes: COMMISSIONING_MINUTES }).toString(),
    openedAt: isoOrNull(row.openedAt),
    closedAt: isoOrNull(row.closedAt),
    pagedAt: isoOrNull(row.pagedAt),
    pageReachedAt: isoOrNull(row.pageReachedAt),
    passedAt: isoOrNull(row.passedAt),
    endedAt: isoOrNull(row.endedAt),
  };
}
