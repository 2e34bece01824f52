import type { Role } from '#pact/role.ts';
import { PactError } from '#platform/errors.ts';

/** Who asks: a person by a session, or a program by its token. */
export type Actor = {
  kind: 'account' | 'token';
  id: string;
  name: string;
  role: Role;
  /** The only community that they see; unset for who sees them all. */
  communityId: string | undefined;
};

/** Whether the actor may see and change what belongs to a community; what belongs to none is for those who see all. */
export const mayUse = (actor: Actor, communityId: string | null): boolean =>
  actor.communityId === undefined || actor.communityId === communityId;

/**
 * For things found by id: what belongs to another community is as good as absent.
 * @throws PactError NOT_FOUND
 */
export function assertOwn<T extends { communityId: string | null }>(
  actor: Actor,
  found: T | undefined,
  what: string,
): T {
  if (found && mayUse(actor, found.communityId)) return found;
  throw new PactError('NOT_FOUND', `There is no such ${what}.`, {
    hint: 'It may have been removed, or belong to another community.',
  });
}
