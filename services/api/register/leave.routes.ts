import Type from 'typebox';
import { LinkView } from '#contracts/http/door.ts';
import {
  LeaveAnswer,
  LeaveDraft,
  LeaveLinkRequest,
  LeavePatch,
  LeaveView,
} from '#contracts/http/register/leave.ts';
import { IdParams, ListOf, ListQuery } from '#contracts/http/register/paging.ts';
import { LocalDate } from '#contracts/http/scalars.ts';
import { leaveUrl } from '#platform/door-urls.ts';
import { PactError } from '#platform/errors.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import { createLeaveLink } from '#store/leave/leave-link.ts';
import { sendLeaveLink } from '#store/leave/tell-leave.ts';
import {
  answerWhetherBack,
  cancelLeave,
  changeLeave,
  createLeave,
  findLeave,
  listLeaves,
  restoreLeave,
} from '#store/register/leave.ts';
import type { Saved } from '#store/register/refusal.ts';
import { type Actor, assertOwn } from '../actor.ts';
import { communityIdOf } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { requirePublicUrl } from '../public-url.ts';
import { OFFICE } from '../rights.ts';
import { getOwnHousehold } from './household.routes.ts';
import { authorOf, savedOrThrow } from './refused.ts';

const tags = ['leaves'];
const LeaveQuery = Type.Object({ ...ListQuery.properties, since: Type.Optional(LocalDate) });

/** Households that are away (外出报备). */
export function leaveRoutes(app: ApiApp, { db, clock, wake, publicUrl }: ApiContext): void {
  app.get(
    '/leaves',
    {
      config: { rights: OFFICE },
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
      config: { rights: OFFICE },
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

  app.patch(
    '/leaves/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'They come back later or earlier; today is the earliest last day',
        params: IdParams,
        body: LeavePatch,
        response: { 200: LeaveView },
      },
    },
    async ({ actor, params: { id }, body: { untilOn } }) =>
      done(actor, id, () => changeLeave(db, id, untilOn, authorOf(actor), clock.now())),
  );

  app.post(
    '/leaves/:id/answer',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary:
          'Whether they are back, where a curtain opened meanwhile; who is back is watched from tomorrow',
        params: IdParams,
        body: LeaveAnswer,
        response: { 200: LeaveView },
      },
    },
    async ({ actor, params: { id }, body: { back } }) =>
      done(actor, id, () => answerWhetherBack(db, id, back, authorOf(actor), clock.now())),
  );

  app.post(
    '/leaves/:id/restore',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'It was cancelled by a slip and stands again',
        params: IdParams,
        response: { 200: LeaveView },
      },
    },
    async ({ actor, params: { id } }) =>
      done(actor, id, () => restoreLeave(db, id, authorOf(actor), clock.now())),
  );

  app.delete(
    '/leaves/:id',
    {
      config: { rights: OFFICE },
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

  app.post(
    '/households/:id/leave-links',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'A link by which somebody of the home says when it is away, to hand on or sent by SMS',
        params: IdParams,
        body: LeaveLinkRequest,
        response: { 201: LinkView },
      },
    },
    async ({ actor, params: { id }, body: { personId, send = false } }, reply) => {
      const { code, salutation } = await getOwnHousehold(db, actor, id);
      if (send) requirePublicUrl(publicUrl);
      const made = await db.transaction().execute(async (tx) => {
        const link = await createLeaveLink(tx, { householdId: id, personId }, clock.now());
        if (!link) {
          throw new PactError('NOT_FOUND', 'This person is not of this home.', {
            hint: 'Add them to the people of the home first.',
          });
        }
        const url = leaveUrl(publicUrl ?? '', link.token);
        if (send) await sendLeaveLink(tx, { householdId: id, personId, code, salutation }, url, clock.now());
        await recordAudit(
          tx,
          { actor: authorOf(actor), action: 'leave.link', subjectKind: 'household', subjectId: id },
          clock.now(),
        );
        return { link: url, expiresAt: link.expiresAt.toString() };
      });
      wake();
      return reply.status(201).header('cache-control', 'no-store').send(made);
    },
  );

  const getOwn = async (actor: Actor, id: string): Promise<LeaveView> =>
    assertOwn(actor, await findLeave(db, id), 'leave');

  async function done(actor: Actor, id: string, change: () => Promise<Saved<undefined>>): Promise<LeaveView> {
    await getOwn(actor, id);
    savedOrThrow(await change());
    return getOwn(actor, id);
  }
}
