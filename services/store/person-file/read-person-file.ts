import { type RawBuilder, sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { PersonFile } from '#contracts/http/person-file.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Db, Tx } from '../database.ts';
import type { Author } from '../register/refusal.ts';
import { iso } from '../today/iso.ts';
import { readTimelines } from '../today/read-timelines.ts';

/** Whose file it is, also where the home was taken out of the register; there is none of who was erased. */
export const findPersonFile = (db: Db, householdId: string) =>
  db
    .selectFrom('household')
    .select(['community_id as communityId', 'code'])
    .where('id', '=', householdId)
    .where('erased_at', 'is', null)
    .where('is_canary', '=', false)
    .executeTakeFirst();

/**
 * Everything that is kept of a home and of who lives there, all of one moment. That it was made, and by whom, stands in
 * the audit log, and as its last line in the file itself.
 */
export async function exportPersonFile(
  db: Db,
  householdId: string,
  by: Author & { name: string },
  now: Temporal.Instant,
): Promise<PersonFile> {
  const { kind, id } = by;
  const entry = {
    actor: { kind, ...(id ? { id } : {}) },
    action: 'household.export',
    subjectKind: 'household',
  };
  await recordAudit(db, { ...entry, subjectId: householdId }, now);
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx): Promise<PersonFile> => {
      const rowsOf = readRows(tx);
      const [head] = await rowsOf<HeadRow>(headOf(householdId));
      const { community, timeZone, ...home } = head!;
      const [pact] = await rowsOf<NonNullable<PersonFile['pact']>>(sql`
        select deadline, earliest, weekdays, accepts, from_on as "fromOn", until_on as "untilOn"
        from pact where household_id = ${householdId}`);
      return {
        ...{ madeAt: now.toString(), madeBy: by.name, community, timeZone, home, pact: pact ?? null },
        ...(await readWho(rowsOf, householdId)),
        ...(await readMornings(tx, rowsOf, householdId)),
        ...(await readRecords(rowsOf, householdId)),
      };
    });
}

type RowsOf = <T>(query: RawBuilder<unknown>) => Promise<T[]>;
type HeadRow = PersonFile['home'] & { community: string; timeZone: string };

/** Rows with their instants as text. */
const readRows =
  (tx: Tx): RowsOf =>
  async <T>(query: RawBuilder<unknown>) => {
    const { rows } = await sql<Record<string, unknown>>`${query}`.execute(tx);
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, value instanceof Date ? iso(value) : value]),
      ),
    ) as T[];
  };

const headOf = (id: string) => sql`
  select c.name as community, c.time_zone as "timeZone", h.code, h.salutation, g.name as grid, h.building, h.unit, h.floor,
    h.room, h.kind, h.phone, h.note, h.key_note as "keyNote", h.entry_consent as "entryConsent", h.created_at as "createdAt",
    h.removed_at as "removedAt"
  from household h join community c on c.id = h.community_id join grid g on g.id = h.grid_id where h.id = ${id}`;

/** Who lives there, who is told and comes, and what they agreed to. */
async function readWho(rowsOf: RowsOf, id: string) {
  return {
    residents: await rowsOf<PersonFile['residents'][number]>(sql`
      select name, birth_year as "birthYear", phone, lives_alone as "livesAlone", hearing_weak as "hearingWeak", mobility,
        doctor, note, removed_at as "removedAt"
      from resident where household_id = ${id} order by created_at, name`),
    contacts: await rowsOf<PersonFile['contacts'][number]>(sql`
      select a.role, p.name, case when a.role in ('neighbour', 'family') then p.phone end as phone from assignment a join person p on p.id = a.person_id
      where a.household_id = ${id}
      order by array_position(array['primary', 'backup', 'neighbour', 'family'], a.role), a.position, p.id`),
    consents: await rowsOf<PersonFile['consents'][number]>(sql`
      select purpose, signed_on as "signedOn", paper, withdrawn_on as "withdrawnOn"
      from consent where household_id = ${id} order by recorded_at, purpose, id`),
  };
}

/** What was seen of the home, and what followed. */
async function readMornings(tx: Tx, rowsOf: RowsOf, id: string) {
  const alerts = await rowsOf<Omit<PersonFile['alerts'][number], 'entries'> & { id: string }>(sql`
    select id, on_date as "on", reason, opened_at as "openedAt", closed_at as "closedAt", outcome
    from alert where household_id = ${id} order by on_date`);
  const timelines = await readTimelines(
    tx,
    alerts.map((alert) => alert.id),
  );
  return {
    days: await rowsOf<PersonFile['days'][number]>(sql`
      select on_date as "on", deadline_at as "deadlineAt", verdict, closed_as as "closedAs", reason, proof_at as "proofAt",
        proof_kind as "proofKind"
      from pact_day where household_id = ${id} order by on_date`),
    openings: await rowsOf<PersonFile['openings'][number]>(sql`
      select at, type from event where household_id = ${id} and opening order by at, id`),
    alerts: alerts.map(({ id: alertId, ...alert }) => ({
      ...alert,
      entries: (timelines.get(alertId) ?? []).map(({ at, kind, person, role, detail }) => ({
        ...{ at, kind, person, role, detail },
      })),
    })),
    visits: await rowsOf<PersonFile['visits'][number]>(sql`
      select v.visited_at as at, coalesce(p.name, a.name) as person, v.outcome, v.note
      from visit v left join person p on p.id = v.person_id left join account a on a.id = v.account_id
      where v.household_id = ${id} order by v.visited_at, v.id`),
    care: await rowsOf<PersonFile['care'][number]>(sql`
      select t.due_on as "on", t.kind, t.occasion, o.name as "occasionName", t.service, t.note as asked, t.state, c.at,
        p.name as person, c.note as said
      from care_task t left join care_contact c on c.id = t.contact_id left join person p on p.id = c.person_id
      left join care_occasion o on o.community_id = t.community_id and o.code = t.occasion
      where t.household_id = ${id} order by t.due_on, t.opened_at, t.id`),
    messages: await rowsOf<PersonFile['messages'][number]>(sql`
      select m.created_at as at, m.kind, m.channel, p.name as person, m.text, m.state
      from message m left join person p on p.id = m.person_id
      where m.alert_id in (select a.id from alert a where a.household_id = ${id})
        or m.phone = (select h.phone from household h where h.id = ${id})
        or m.subject like '%/' || ${id}::text || '/%'
      order by m.created_at, m.id`),
  };
}

/** What people wrote, changed and looked at. */
async function readRecords(rowsOf: RowsOf, id: string) {
  return {
    notes: await rowsOf<PersonFile['notes'][number]>(sql`
      select n.written_at as "writtenAt", a.name as "writtenBy", n.note, n.struck_at as "struckAt"
      from home_note n left join account a on 'account:' || a.id = n.written_by
      where n.household_id = ${id} order by n.written_at, n.id`),
    leaves: await rowsOf<PersonFile['leaves'][number]>(sql`
      select from_on as "fromOn", until_on as "untilOn", reason, cancelled_at as "cancelledAt"
      from leave where household_id = ${id} order by from_on, id`),
    sensors: await rowsOf<PersonFile['sensors'][number]>(sql`
      select id, enrolled_at as "enrolledAt", retired_at as "retiredAt", array(
        select distinct v.name from device d cross join lateral (values (d.name), (d.address)) as v(name)
        where d.sensor_id = sensor.id and v.name is not null order by 1) as "knownAs"
      from sensor where household_id = ${id} order by enrolled_at, id`),
    changes: await rowsOf<PersonFile['changes'][number]>(sql`
      select c.at, coalesce(a.name, t.name) as who, c.subject, c.kind, c.before, c.after, coalesce(p.name, r.name) as about
      from register_change c
      left join account a on 'account:' || a.id = c.actor left join api_token t on 'token:' || t.id = c.actor
      left join person p on c.subject = 'assignment' and p.id::text = c.subject_id
      left join resident r on c.subject = 'resident' and r.id::text = c.subject_id
      where c.household_id = ${id} order by c.id`),
    looks: await rowsOf<PersonFile['looks'][number]>(sql`
      select e.at, coalesce(a.name, t.name) as who, e.action from audit_entry e
      left join account a on e.actor_kind = 'account' and a.id::text = e.actor_id
      left join api_token t on e.actor_kind = 'token' and t.id::text = e.actor_id
      where e.subject_kind = 'household' and e.subject_id = ${id} order by e.id`),
  };
}
