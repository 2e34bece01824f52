import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { PersonDraft, PersonPatch, PersonView } from '#contracts/http/register/person.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce } from '../change-feed.ts';
import { countOf } from '../count-of.ts';
import type { Db, Tx } from '../database.ts';
import { toDate } from '../instant.ts';
import { countSaved, lockRegister } from './community.ts';
import { given, records } from './records.ts';
import { type Author, type Refused, refuse, type Saved, saved } from './refusal.ts';
import { isRobotOf } from './robot.ts';

/** As the database has it for those whom nobody has asked. */
const DEFAULT_CHANNELS = ['sms', 'voice'] as const;

const selectPeople = (db: Db | Tx) =>
  db
    .selectFrom('person as p')
    .select(['p.id', 'p.community_id as communityId', 'p.kind', 'p.code', 'p.name', 'p.phone'])
    .select(['p.daily_at as dailyAt', 'p.channels', 'p.robot_id as robotId'])
    .select(
      sql<number>`(select count(distinct a.household_id)::int from assignment a where a.person_id = p.id)`.as(
        'households',
      ),
    )
    .where('p.removed_at', 'is', null);

export const findPerson = (db: Db, id: string): Promise<PersonView | undefined> =>
  selectPeople(db).where('p.id', '=', id).executeTakeFirst();

export async function listPeople(
  db: Db,
  page: {
    communityId?: string | undefined;
    kind?: PersonView['kind'] | undefined;
    limit: number;
    offset: number;
  },
): Promise<{ items: PersonView[]; total: number }> {
  let query = selectPeople(db);
  if (page.communityId) query = query.where('p.community_id', '=', page.communityId);
  if (page.kind) query = query.where('p.kind', '=', page.kind);
  const total = await countOf(query);
  const items = await query.orderBy('p.name').orderBy('p.id').limit(page.limit).offset(page.offset).execute();
  return { items, total };
}

/** A steward, neighbour, office or family number; one that was removed comes back under the new name. */
export async function createPerson(
  db: Db,
  draft: PersonDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<{ id: string }>> {
  const { communityId, kind = 'steward', code = null, name, phone, dailyAt = null } = draft;
  const { channels = [...DEFAULT_CHANNELS], robotId = null } = draft;
  if (dailyAt && kind !== 'family') return refuse('not_family');
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const community = await tx
      .selectFrom('community')
      .select('id')
      .where('id', '=', communityId)
      .executeTakeFirst();
    if (!community) return refuse('not_found');
    const same = await tx
      .selectFrom('person')
      .select(['id', 'removed_at'])
      .where('community_id', '=', communityId)
      .where('kind', '=', kind)
      .where('phone', '=', phone)
      .executeTakeFirst();
    if (same && !same.removed_at) return refuse('phone_taken');
    if (code && (await isCodeTaken(tx, communityId, code, same?.id))) return refuse('code_taken');
    const at = toDate(now);
    const refusal = await refuseRobot(tx, { channels, robotId, communityId });
    if (refusal) return refusal;
    const ways = { channels, robot_id: robotId, daily_at: dailyAt };
    const columns = { code, name, ...ways, updated_at: at, removed_at: null };
    const id = same?.id ?? randomUUID();
    if (same) await tx.updateTable('person').set(columns).where('id', '=', id).execute();
    else {
      await tx
        .insertInto('person')
        .values({ id, community_id: communityId, kind, phone, created_at: at, ...columns })
        .execute();
    }
    await recordAudit(tx, { actor: by, action: 'person.create', subjectKind: 'person', subjectId: id }, now);
    return saved({ id });
  });
}

/** A new number holds from the next page on; an alert that is open asks for people only when a step is reached. */
export async function changePerson(
  db: Db,
  id: string,
  patch: PersonPatch,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<PersonView>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const old = await selectPeople(tx).where('p.id', '=', id).executeTakeFirst();
    if (!old) return refuse('not_found');
    const { code, name, phone, dailyAt, channels, robotId } = patch;
    if (dailyAt && old.kind !== 'family') return refuse('not_family');
    if (code && (await isCodeTaken(tx, old.communityId, code, id))) return refuse('code_taken');
    if (phone) {
      const other = await tx
        .selectFrom('person')
        .select('id')
        .where('community_id', '=', old.communityId)
        .where('kind', '=', old.kind)
        .where('phone', '=', phone)
        .where('id', '<>', id)
        .executeTakeFirst();
      if (other) return refuse('phone_taken');
    }
    const changes = given({ code, name, phone, dailyAt, channels, robotId });
    const refusal = await refuseRobot(tx, { ...old, ...changes });
    if (refusal) return refusal;
    await tx
      .updateTable('person')
      .set({
        ...given({ code, name, phone, daily_at: dailyAt, channels, robot_id: robotId }),
        updated_at: toDate(now),
      })
      .where('id', '=', id)
      .execute();
    await noteHomes(tx, old, by, 'person.change', now);
    return saved({ ...old, ...changes });
  });
}

/** Takes somebody off every home's roster; what they did stays in the timelines of the past. */
export async function removePerson(
  db: Db,
  id: string,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    await lockRegister(tx);
    const old = await selectPeople(tx).where('p.id', '=', id).executeTakeFirst();
    if (!old) return refuse('not_found');
    await noteHomes(tx, old, by, 'person.remove', now);
    await tx.deleteFrom('assignment').where('person_id', '=', id).execute();
    await tx
      .updateTable('person')
      .set({ removed_at: toDate(now), updated_at: toDate(now), code: null, robot_id: null })
      .where('id', '=', id)
      .execute();
    return saved(undefined);
  });
}

/** Who is spoken to in a group needs one, of the person's own community. */
async function refuseRobot(
  tx: Tx,
  { channels, robotId, communityId }: Pick<PersonView, 'channels' | 'robotId' | 'communityId'>,
): Promise<Refused | undefined> {
  if (channels.includes('robot') && !robotId) return refuse('robot_needed');
  if (robotId && !(await isRobotOf(tx, robotId, communityId))) return refuse('unknown_robot');
  return undefined;
}

async function noteHomes(
  tx: Tx,
  person: PersonView,
  by: Author,
  action: string,
  now: Temporal.Instant,
): Promise<void> {
  const homes = await tx
    .selectFrom('assignment')
    .select('household_id')
    .where('person_id', '=', person.id)
    .execute();
  await announce(tx, {
    communityId: person.communityId,
    householdIds: homes.map((home) => home.household_id),
  });
  await recordAudit(tx, { actor: by, action, subjectKind: 'person', subjectId: person.id }, now);
}

async function isCodeTaken(tx: Tx, communityId: string, code: string, except?: string): Promise<boolean> {
  const other = await tx
    .selectFrom('person')
    .select('id')
    .where('community_id', '=', communityId)
    .where('code', '=', code)
    .executeTakeFirst();
  return other !== undefined && other.id !== except;
}

export type PersonRecord = { communityId: string; kind: PersonView['kind']; name: string; phone: string };

/** People by community, kind and number: made, renamed, or brought back. The answer finds a person's id. */
export async function savePeople(tx: Tx, people: readonly PersonRecord[], now: Temporal.Instant) {
  const { rows } = await sql<{ created: boolean }>`
    insert into person as p (id, community_id, kind, name, phone, created_at, updated_at)
    select gen_random_uuid(), u."communityId", u.kind, u.name, u.phone, ${toDate(now)}, ${toDate(now)}
    from ${records(people, '"communityId" uuid, kind text, name text, phone text')} order by 2, 3, 5
    on conflict (community_id, kind, phone) do update set name = excluded.name, updated_at = excluded.updated_at,
      removed_at = null
    where p.name <> excluded.name or p.removed_at is not null
    returning (xmax = 0) as created`.execute(tx);
  const { rows: all } = await sql<PersonRecord & { id: string }>`
    select p.id, p.community_id as "communityId", p.kind, p.phone from person p
    join ${records(people, '"communityId" uuid, kind text, phone text')}
      on p.community_id = u."communityId" and p.kind = u.kind and p.phone = u.phone`.execute(tx);
  const ids = new Map(
    all.map((person) => [`${person.communityId}\n${person.kind}\n${person.phone}`, person.id]),
  );
  return {
    ...countSaved(rows),
    idOf(communityId: string, kind: string, phone: string): string {
      const id = ids.get(`${communityId}\n${kind}\n${phone}`);
      if (!id) throw new Error('a person who was just saved is missing');
      return id;
    },
  };
}
