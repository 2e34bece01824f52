import Type from 'typebox';
import { LeaveDraft, LeaveView } from '#contracts/http/register/leave.ts';
import { IdParams, ListOf, ListQuery } from '#contracts/http/register/paging.ts';
import { LocalDate } from '#contracts/http/scalars.ts';
import { cancelLeave, createLeave, findLeave, listLeaves } from '#store/register/leave.ts';
import { type Actor, assertOwn } from '../actor.ts';
import { communityIdOf } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { getOwnHousehold } from './household.routes.ts';
import { authorOf, savedOrThrow } from './refused.ts';

const tags = ['leaves'];
const LeaveQuery = Type.Object({ ...ListQuery.properties, since: Type.Optional(LocalDate) });

/** Households that are away (外出报备). */
export function leaveRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/leaves',
    {
      schema: {
        tags,
        summary: 'Leaves by their first day; `since` leaves out those over before it and those cancelled',
        querystring: LeaveQuery,
        response: { 200: ListOf(LeaveView) },
      },
    },
    async ({ actor, query: { community, since, limit = 100, offset = 0 } }) =>
      listLeaves(db, { communityId: communityIdOf(actor, community), onDate: since, limit, offset }),
  );

  app.post(
    '/leaves',
    {
      schema: {
        tags,
        summary: 'A household will be away; its days until then are excused',
        body: LeaveDraft,
        response: { 201: LeaveView },
      },
    },
    async ({ actor, body }, reply) => {
      await getOwnHousehold(db, actor, body.householdId);
      const { id } = savedOrThrow(await createLeave(db, body, authorOf(actor), clock.now()));
      return reply.status(201).send(await getOwn(actor, id));
    },
  );

  app.delete(
    '/leaves/:id',
    {
      schema: {
        tags,
        summary: 'They are back or did not go; days that lie ahead are watched over again',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await getOwn(actor, id);
      savedOrThrow(await cancelLeave(db, id, authorOf(actor), clock.now()));
      return reply.status(204).send(null);
    },
  );

  const getOwn = async (actor: Actor, id: string): Promise<LeaveView> =>
    assertOwn(actor, await findLeave(db, id), 'leave');
}
