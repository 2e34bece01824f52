import type { CommunityView } from '#contracts/http/account.ts';
import { PactError } from '#platform/errors.ts';
import type { Db } from '#store/database.ts';
import { findCommunity } from '#store/today/communities.ts';
import { type Actor, mayUse } from './actor.ts';

/**
 * The community that a request is about: the one asked for, else the actor's own.
 * @returns undefined when neither says one
 * @throws PactError NOT_FOUND when it is not the actor's
 */
export function communityIdOf(actor: Actor, asked: string | undefined): string | undefined {
  if (asked !== undefined && !mayUse(actor, asked)) throw noCommunity();
  return asked ?? actor.communityId;
}

/**
 * The community that a request is about, without any hint the first one by name.
 * @throws PactError NOT_FOUND
 */
export async function getCommunity(db: Db, actor: Actor, asked: string | undefined): Promise<CommunityView> {
  const community = await findCommunity(db, communityIdOf(actor, asked));
  if (!community) throw noCommunity();
  return community;
}

export const noCommunity = (): PactError =>
  new PactError('NOT_FOUND', 'There is no such community.', {
    hint: 'GET /api/v1/communities lists yours; with an empty register, import one first.',
  });
