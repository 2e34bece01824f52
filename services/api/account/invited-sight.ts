import type { InviteRequest } from '#contracts/http/account.ts';
import { PactError } from '#platform/errors.ts';
import type { Sight } from '#store/account/accounts.ts';
import type { Db } from '#store/database.ts';
import { findPerson } from '#store/register/person.ts';
import { listCommunities } from '#store/today/communities.ts';
import { type Actor, assertOwn, isOf } from '../actor.ts';
import { noCommunity } from '../community.ts';

/**
 * What an invited colleague will see: nothing that the inviter does not.
 * @throws PactError NOT_FOUND, BAD_REQUEST
 */
export async function invitedSight(db: Db, actor: Actor, asked: InviteRequest): Promise<Sight> {
  const { role = 'office', personId } = asked;
  if ((role === 'steward') !== (personId !== undefined)) throw misfit();
  if (personId !== undefined) {
    const person = assertOwn(actor, await findPerson(db, personId), 'person');
    if (person.kind !== 'steward') throw misfit();
    return { role, communityIds: [person.communityId], personId };
  }
  const communityIds = asked.communityIds ?? actor.communityIds;
  if (communityIds?.some((id) => !isOf(actor, id))) throw noCommunity();
  if (communityIds && (await listCommunities(db, communityIds)).length < communityIds.length) {
    throw noCommunity();
  }
  return { role, communityIds };
}

const misfit = (): PactError =>
  new PactError('BAD_REQUEST', 'A steward’s account is that of a steward of the register.', {
    hint: 'Give personId with the role steward, of somebody who is one, and with no other role.',
    details: {
      problems: [{ path: 'body/personId', message: 'goes with the role steward, and with no other' }],
    },
  });
