import { Temporal } from 'temporal-polyfill';
import Type from 'typebox';
import {
  AbsenceDraft,
  AbsenceView,
  DutyDraft,
  DutyView,
  RotaView,
  SwapDraft,
} from '#contracts/http/register/duty.ts';
import { IdParams, ListOf, ListQuery } from '#contracts/http/register/paging.ts';
import { LocalDate, Uuid } from '#contracts/http/scalars.ts';
import { cancelAbsence, createAbsence, createSwap, findAbsence, listAbsences } from '#store/duty/absence.ts';
import { findDutyHours, saveDutyHours } from '#store/duty/duty-hours.ts';
import { readRota } from '#store/duty/read-rota.ts';
import { findPerson } from '#store/register/person.ts';
import { type Actor, assertOwn } from '../actor.ts';
import { communityIdOf, getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { OFFICE } from '../rights.ts';
import { authorOf, savedOrThrow } from './refused.ts';

const tags = ['rota'];
const AbsenceQuery = Type.Object({
  ...ListQuery.properties,
  person: Type.Optional(Uuid),
  from: Type.Optional(LocalDate),
  until: Type.Optional(LocalDate),
});

/** The rota (值班): weekly hours, absences with stand-ins (替班), swaps. What it says counts from the next step on. */
export function dutyRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/rota',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'A week of a community: who serves, who stands in, which homes have nobody',
        querystring: Type.Object({ community: Type.Optional(Uuid), week: Type.Optional(LocalDate) }),
        response: { 200: RotaView },
      },
    },
    async ({ actor, query }) => {
      const community = await getCommunity(db, actor, query.community);
      const week = query.week === undefined ? undefined : Temporal.PlainDate.from(query.week);
      return readRota(db, community, week, clock.now());
    },
  );

  app.get(
    '/stewards/:id/duty',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Somebody’s weekly hours; none says always on duty',
        params: IdParams,
        response: { 200: DutyView },
      },
    },
    async ({ actor, params: { id } }) => dutyOf(actor, id),
  );

  app.put(
    '/stewards/:id/duty',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Replace somebody’s weekly hours',
        params: IdParams,
        body: DutyDraft,
        response: { 200: DutyView },
      },
    },
    async ({ actor, params: { id }, body }) => {
      await getOwnPerson(actor, id);
      savedOrThrow(await saveDutyHours(db, id, body, authorOf(actor), clock.now()));
      return dutyOf(actor, id);
    },
  );

  app.get(
    '/absences',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Absences by their first day; those taken back are left out',
        querystring: AbsenceQuery,
        response: { 200: ListOf(AbsenceView) },
      },
    },
    async ({ actor, query: { community, person, from, until, limit = 100, offset = 0 } }) =>
      listAbsences(db, {
        communityId: communityIdOf(actor, community),
        personId: person,
        fromOn: from,
        untilOn: until,
        limit,
        offset,
      }),
  );

  app.post(
    '/absences',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Somebody does not serve for days, or for hours of them; perhaps somebody stands in',
        body: AbsenceDraft,
        response: { 201: AbsenceView },
      },
    },
    async ({ actor, body }, reply) => {
      await getOwnPerson(actor, body.personId);
      const { id } = savedOrThrow(await createAbsence(db, body, authorOf(actor), clock.now()));
      return reply.status(201).send(await getOwn(actor, id));
    },
  );

  app.post(
    '/absences/swap',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Two people exchange a day each: two absences in which the other one stands in',
        body: SwapDraft,
        response: { 201: Type.Object({ items: Type.Array(AbsenceView) }) },
      },
    },
    async ({ actor, body }, reply) => {
      await getOwnPerson(actor, body.personId);
      const { ids } = savedOrThrow(await createSwap(db, body, authorOf(actor), clock.now()));
      return reply.status(201).send({ items: await Promise.all(ids.map((id) => getOwn(actor, id))) });
    },
  );

  app.delete(
    '/absences/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'They serve after all; of a swap both days are taken back',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await getOwn(actor, id);
      savedOrThrow(await cancelAbsence(db, id, authorOf(actor), clock.now()));
      return reply.status(204).send(null);
    },
  );

  const getOwn = async (actor: Actor, id: string): Promise<AbsenceView> =>
    assertOwn(actor, await findAbsence(db, id), 'absence');

  const getOwnPerson = async (actor: Actor, id: string) =>
    assertOwn(actor, await findPerson(db, id), 'person');

  async function dutyOf(actor: Actor, id: string): Promise<DutyView> {
    const { communityId } = await getOwnPerson(actor, id);
    return { personId: id, communityId, hours: await findDutyHours(db, id) };
  }
}
