import { LadderDraft, LadderPatch, LadderView, PactPatch, PactView } from '#contracts/http/register/pact.ts';
import { IdParams, ListOf, ListQuery } from '#contracts/http/register/paging.ts';
import { changeLadder, createLadder, findLadder, findLadders } from '#store/register/ladder.ts';
import { changePact, findPact, listPacts } from '#store/register/pact.ts';
import { type Actor, assertOwn } from '../actor.ts';
import { communityIdOf } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { OFFICE } from '../rights.ts';
import { authorOf, savedOrThrow } from './refused.ts';

/** Pacts, which come and go with their homes, and the ladders that their alerts climb. */
export function pactRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/pacts',
    {
      config: { rights: OFFICE },
      schema: {
        tags: ['pacts'],
        summary: 'Pacts by the number of their home',
        querystring: ListQuery,
        response: { 200: ListOf(PactView) },
      },
    },
    async ({ actor, query: { community, limit = 100, offset = 0 } }) =>
      listPacts(db, { communityId: communityIdOf(actor, community), limit, offset }),
  );

  app.get(
    '/pacts/:id',
    {
      config: { rights: OFFICE },
      schema: { tags: ['pacts'], summary: 'One pact', params: IdParams, response: { 200: PactView } },
    },
    async ({ actor, params: { id } }) => getOwnPact(actor, id),
  );

  app.patch(
    '/pacts/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags: ['pacts'],
        summary: 'Change a pact; it holds for today as long as today’s deadline lies ahead',
        params: IdParams,
        body: PactPatch,
        response: { 200: PactView },
      },
    },
    async ({ actor, params: { id }, body }) => {
      await getOwnPact(actor, id);
      return savedOrThrow(await changePact(db, id, body, authorOf(actor), clock.now()));
    },
  );

  app.get(
    '/ladders',
    {
      config: { rights: OFFICE },
      schema: {
        tags: ['ladders'],
        summary: 'Ladders by name',
        querystring: ListQuery,
        response: { 200: ListOf(LadderView) },
      },
    },
    async ({ actor, query: { community, limit = 100, offset = 0 } }) => {
      const ladders = await findLadders(db, communityIdOf(actor, community));
      return { items: ladders.slice(offset, offset + limit), total: ladders.length };
    },
  );

  app.post(
    '/ladders',
    {
      config: { rights: OFFICE },
      schema: {
        tags: ['ladders'],
        summary: 'Add a ladder',
        body: LadderDraft,
        response: { 201: LadderView },
      },
    },
    async ({ actor, body }, reply) => {
      communityIdOf(actor, body.communityId);
      const { id } = savedOrThrow(await createLadder(db, body, authorOf(actor), clock.now()));
      return reply.status(201).send(await getOwnLadder(actor, id));
    },
  );

  app.patch(
    '/ladders/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags: ['ladders'],
        summary: 'Change a ladder; alerts that are open keep the one they began with',
        params: IdParams,
        body: LadderPatch,
        response: { 200: LadderView },
      },
    },
    async ({ actor, params: { id }, body }) => {
      await getOwnLadder(actor, id);
      return savedOrThrow(await changeLadder(db, id, body, authorOf(actor), clock.now()));
    },
  );

  const getOwnPact = async (actor: Actor, id: string): Promise<PactView> =>
    assertOwn(actor, await findPact(db, { id }), 'pact');
  const getOwnLadder = async (actor: Actor, id: string): Promise<LadderView> =>
    assertOwn(actor, await findLadder(db, id), 'ladder');
}
