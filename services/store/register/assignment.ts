import { type RawBuilder, sql } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { AssignmentsDraft } from '#contracts/http/register/person.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { announce } from '../change-feed.ts';
import type { Db, Tx } from '../database.ts';
import { records } from './records.ts';
import type { Author } from './refusal.ts';
import { type Refused, refuse, type Saved, saved } from './refusal.ts';

type Role = 'primary' | 'backup' | 'neighbour' | 'family';

/** Who of the register may take a role at a home: stewards are paged first, neighbours are neighbours. */
const KIND_OF: Record<Role, string> = {
  primary: 'steward',
  backup: 'steward',
  neighbour: 'neighbour',
  family: 'family',
};

export type AssignmentRecord = { householdId: string; role: Role; personId: string; position: number };

/** The records of a draft; a role that is named without anybody has none. */
export const recordsOf = (householdId: string, draft: AssignmentsDraft): AssignmentRecord[] =>
  (Object.entries(draft) as [Role, string[] | undefined][]).flatMap(([role, ids]) =>
    (ids ?? []).map((personId, position) => ({ householdId, role, personId, position })),
  );

/** Why a draft cannot be: a person of another community, one who was removed, or one of another kind. */
export async function assignmentProblem(
  tx: Tx,
  communityId: string,
  draft: AssignmentsDraft,
): Promise<Refused | undefined> {
  const wanted = recordsOf('', draft);
  if (wanted.length === 0) return undefined;
  const people = await tx
    .selectFrom('person')
    .select(['id', 'kind'])
    .where('community_id', '=', communityId)
    .where('removed_at', 'is', null)
    .where(
      'id',
      'in',
      wanted.map(({ personId }) => personId),
    )
    .execute();
  const kinds = new Map(people.map(({ id, kind }) => [id, kind]));
  if (wanted.some(({ personId }) => !kinds.has(personId))) return refuse('unknown_person');
  const fits = wanted.every(({ personId, role }) => kinds.get(personId) === KIND_OF[role]);
  return fits ? undefined : refuse('wrong_kind');
}

/**
 * Gives homes their people: each named role of a home is replaced as a whole, in the order given; roles that
 * are not named stay.
 * @returns the homes whose people changed
 */
export async function saveAssignments(
  tx: Tx,
  named: readonly { householdId: string; role: Role }[],
  assignments: readonly AssignmentRecord[],
): Promise<string[]> {
  const columns = '"householdId" uuid, role text, "personId" uuid, position smallint';
  const { rows: removed } = await sql<{ householdId: string }>`
    delete from assignment a using ${records(named, '"householdId" uuid, role text')}
    where a.household_id = u."householdId" and a.role = u.role and not exists (
      select 1 from ${records(assignments, columns)}
      where u."householdId" = a.household_id and u.role = a.role and u."personId" = a.person_id)
    returning a.household_id as "householdId"`.execute(tx);
  const { rows: written } = await sql<{ householdId: string }>`
    insert into assignment as a (household_id, person_id, role, position)
    select u."householdId", u."personId", u.role, u.position from ${records(assignments, columns)}
    order by 1, 3, 2
    on conflict (household_id, role, person_id) do update set position = excluded.position
      where a.position is distinct from excluded.position
    returning household_id as "householdId"`.execute(tx);
  return [...new Set([...removed, ...written].map(({ householdId }) => householdId))];
}

/**
 * Gives people back the roles that they have lost, as far as they and the home are in the register and nobody else has
 * become the first steward there since.
 * @param lost selects household_id, person_id, role and position
 * @returns the homes, one for each role given back, and how many roles were not
 */
export async function giveRolesBack(
  tx: Tx,
  lost: RawBuilder<unknown>,
): Promise<{ restored: string[]; left: number }> {
  const { rows } = await sql<{ householdId: string }>`
    insert into assignment (household_id, person_id, role, position)
    select l.household_id, l.person_id, l.role, l.position from (${lost}) l
    join person p on p.id = l.person_id and p.removed_at is null
    join household h on h.id = l.household_id and h.removed_at is null
    where l.role <> 'primary' or not exists (
      select 1 from assignment a where a.household_id = l.household_id and a.role = 'primary')
    order by 1, 3, 4
    on conflict do nothing returning household_id as "householdId"`.execute(tx);
  const { rows: all } = await sql<{ count: number }>`select count(*)::int as count from (${lost}) l`.execute(
    tx,
  );
  return { restored: rows.map(({ householdId }) => householdId), left: (all[0]?.count ?? 0) - rows.length };
}

/** Replaces the people of one home, as an office does it on its page. */
export async function changeAssignments(
  db: Db,
  home: { id: string; communityId: string },
  draft: AssignmentsDraft,
  by: Author,
  now: Temporal.Instant,
): Promise<Saved<undefined>> {
  return db.transaction().execute(async (tx) => {
    const problem = await assignmentProblem(tx, home.communityId, draft);
    if (problem) return problem;
    const named = (Object.keys(draft) as Role[]).map((role) => ({ householdId: home.id, role }));
    await saveAssignments(tx, named, recordsOf(home.id, draft));
    await announce(tx, { communityId: home.communityId, householdIds: [home.id] });
    await recordAudit(
      tx,
      { actor: by, action: 'household.assign', subjectKind: 'household', subjectId: home.id },
      now,
    );
    return saved(undefined);
  });
}
