import { CommunityView } from '#contracts/http/account.ts';
import { CommunityDraft, CommunityPatch } from '#contracts/http/register/community.ts';
import { IdParams } from '#contracts/http/register/paging.ts';
import { PactError } from '#platform/errors.ts';
import { changeCommunity, createCommunity } from '#store/register/community.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { OFFICE } from '../rights.ts';
import { phoneOf } from './phones.ts';
import { authorOf, savedOrThrow } from './refused.ts';

const tags = ['communities'];

/** New communities, and their settings. */
export function communityRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.post(
    '/communities',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Add a community with its default ladder',
        body: CommunityDraft,
        response: { 201: CommunityView },
      },
    },
    async ({ actor, body }, reply) => {
      if (actor.communityIds !== undefined) {
        throw new PactError('NOT_ALLOWED', 'This account is of some communities only.', {
          hint: 'Ask somebody whose account sees all of them.',
        });
      }
      const { id } = savedOrThrow(await createCommunity(db, normalised(body), authorOf(actor), clock.now()));
      return reply.status(201).send(await getCommunity(db, actor, id));
    },
  );

  app.patch(
    '/communities/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Change a community’s name, language or emergency number',
        params: IdParams,
        body: CommunityPatch,
        response: { 200: CommunityView },
      },
    },
    async ({ actor, params: { id }, body }) => {
      await getCommunity(db, actor, id);
      savedOrThrow(await changeCommunity(db, id, normalised(body), authorOf(actor), clock.now()));
      return getCommunity(db, actor, id);
    },
  );
}

const normalised = <T extends { officePhone?: string | null | undefined }>(body: T): T =>
  body.officePhone === undefined ? body : { ...body, officePhone: phoneOf(body.officePhone, { sms: false }) };
