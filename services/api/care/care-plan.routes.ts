import Type from 'typebox';
import { CarePlanDraft, CarePlanPatch, CarePlanView, HomeCareView } from '#contracts/http/care.ts';
import { IdParams, ListOf } from '#contracts/http/register/paging.ts';
import { Uuid } from '#contracts/http/scalars.ts';
import { recordLook } from '#store/audit/record-audit.ts';
import { changePlan, createPlan, endPlan, findPlan, listPlans, restorePlan } from '#store/care/plans.ts';
import { readHomeCare } from '#store/care/read-care.ts';
import type { Saved } from '#store/register/refusal.ts';
import { type Actor, assertOwn } from '../actor.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { getOwnHousehold } from '../register/household.routes.ts';
import { authorOf, savedOrThrow } from '../register/refused.ts';
import { OFFICE } from '../rights.ts';

const tags = ['care'];

/** By what rule a home is visited and called, and how that went. */
export function carePlanRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/households/:id/care',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'A home’s plans, its tasks of the last four weeks, and the newest drift with its days',
        params: IdParams,
        response: { 200: HomeCareView },
      },
    },
    async ({ actor, params: { id } }) => {
      const { communityId } = await getOwnHousehold(db, actor, id);
      const { timeZone } = await getCommunity(db, actor, communityId);
      const audited = { actor: authorOf(actor), action: 'household.care', subjectKind: 'household' };
      await recordLook(db, { ...audited, subjectId: id }, clock.now());
      return readHomeCare(db, { id, communityId, timeZone }, clock.now());
    },
  );

  app.get(
    '/care-plans',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'The plans of a community’s homes that stand, by the homes’ numbers',
        querystring: Type.Object({ community: Type.Optional(Uuid) }),
        response: { 200: ListOf(CarePlanView) },
      },
    },
    async ({ actor, query }) => {
      const { id: communityId } = await getCommunity(db, actor, query.community);
      const items = await listPlans(db, { communityId });
      return { items, total: items.length };
    },
  );

  app.post(
    '/households/:id/care-plans',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'The home is visited or called by rule from now on',
        params: IdParams,
        body: CarePlanDraft,
        response: { 201: CarePlanView },
      },
    },
    async ({ actor, params: { id: householdId }, body }, reply) => {
      await getOwnHousehold(db, actor, householdId);
      const { id } = savedOrThrow(await createPlan(db, householdId, body, authorOf(actor), clock.now()));
      return reply.status(201).send(await getOwn(actor, id));
    },
  );

  app.patch(
    '/care-plans/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Other days of the week, from today on',
        params: IdParams,
        body: CarePlanPatch,
        response: { 200: CarePlanView },
      },
    },
    async ({ actor, params: { id }, body: { weekdays } }) =>
      done(actor, id, () => changePlan(db, id, weekdays, authorOf(actor), clock.now())),
  );

  app.delete(
    '/care-plans/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'The plan ends; what is open of it is excused',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await done(actor, id, () => endPlan(db, id, authorOf(actor), clock.now()));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/care-plans/:id/restore',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'It was ended by a slip and stands again',
        params: IdParams,
        response: { 200: CarePlanView },
      },
    },
    async ({ actor, params: { id } }) =>
      done(actor, id, () => restorePlan(db, id, authorOf(actor), clock.now())),
  );

  const getOwn = async (actor: Actor, id: string): Promise<CarePlanView> =>
    assertOwn(actor, await findPlan(db, id), 'plan');

  async function done(
    actor: Actor,
    id: string,
    change: () => Promise<Saved<undefined>>,
  ): Promise<CarePlanView> {
    await getOwn(actor, id);
    savedOrThrow(await change());
    return getOwn(actor, id);
  }
}
