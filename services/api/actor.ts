import type { Seat } from '#pact/role.ts';
import { PactError } from '#platform/errors.ts';
import type { Db } from '#store/database.ts';
import { looksAfter } from '#store/register/home-of.ts';

/** Who asks: a person by a session, or a program by its token. */
export type Actor = {
  kind: 'account' | 'token';
  id: string;
  name: string;
  role: Seat;
  /** The only communities that they see; unset for who sees them all. */
  communityIds: readonly string[] | undefined;
  /** The steward whose homes are the only ones that they see. */
  personId: string | undefined;
};

/** Whether they may read what people are called; everybody who has to do with homes, but for those who only mend sensors. */
export const knowsNames = ({ role }: Actor): boolean => role !== 'maintenance' && role !== 'district';

/** Whether they have to do with a community at all. */
export const isOf = (actor: Actor, communityId: string | null): boolean =>
  actor.communityIds === undefined || (communityId !== null && actor.communityIds.includes(communityId));

/**
 * For things found by id: what belongs to another community is as good as absent. A steward sees no community as a
 * whole: what is of a home is asked for by `assertInSight`.
 * @throws PactError NOT_FOUND
 */
export function assertOwn<T extends { communityId: string | null }>(
  actor: Actor,
  found: T | undefined,
  what: string,
): T {
  if (found && actor.personId === undefined && isOf(actor, found.communityId)) return found;
  throw absent(what);
}

/**
 * For what is of a home: for a steward it must be one of theirs.
 * @throws PactError NOT_FOUND
 */
export async function assertInSight<T extends { communityId: string | null; householdId: string }>(
  db: Db,
  actor: Actor,
  found: T | undefined,
  what: string,
): Promise<T> {
  if (actor.personId === undefined) return assertOwn(actor, found, what);
  if (found && (await looksAfter(db, actor.personId, found.householdId))) return found;
  throw absent(what);
}

const absent = (what: string): PactError =>
  new PactError('NOT_FOUND', `There is no such ${what}.`, {
    hint: 'It may have been removed, or belong to another community.',
  });
