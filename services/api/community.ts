import type { CommunityView } from '#contracts/http/account.ts';
import { PactError } from '#platform/errors.ts';
import type { Db } from '#store/database.ts';
import { findCommunity } from '#store/today/communities.ts';
import { type Actor, isOf } from './actor.ts';

/**
 * The community that a request is about: the one asked for, else the actor's own.
 * @returns undefined for all, which only who sees them all can ask for
 * @throws PactError NOT_FOUND when it is not the actor's, BAD_REQUEST when it could be several
 */
export function communityIdOf(actor: Actor, asked: string | undefined): string | undefined {
  if (asked !== undefined && !isOf(actor, asked)) throw noCommunity();
  if (asked !== undefined || actor.communityIds === undefined) return asked;
  const [own, other] = actor.communityIds;
  if (other === undefined) return own;
  throw new PactError('BAD_REQUEST', 'Several communities are yours.', {
    hint: 'Say which one by `community`; GET /api/v1/communities lists them.',
  });
}

/**
 * The community that a request is about, without any hint the first of the actor's by name.
 * @throws PactError NOT_FOUND
 */
export async function getCommunity(db: Db, actor: Actor, asked: string | undefined): Promise<CommunityView> {
  if (asked !== undefined && !isOf(actor, asked)) throw noCommunity();
  const community = await findCommunity(db, asked ?? actor.communityIds);
  if (!community) throw noCommunity();
  return community;
}

export const noCommunity = (): PactError =>
  new PactError('NOT_FOUND', 'There is no such community.', {
    hint: 'GET /api/v1/communities lists yours; with an empty register, import one first.',
  });
