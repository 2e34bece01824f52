import Type from 'typebox';
import { IdParams, ListOf, ListQuery } from '#contracts/http/register/paging.ts';
import { PersonDraft, PersonKind, PersonPatch, PersonView } from '#contracts/http/register/person.ts';
import { changePerson, createPerson, findPerson, listPeople, removePerson } from '#store/register/person.ts';
import { type Actor, assertOwn } from '../actor.ts';
import { communityIdOf } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { OFFICE } from '../rights.ts';
import { phoneOf } from './phones.ts';
import { authorOf, savedOrThrow } from './refused.ts';

const tags = ['stewards'];
const PersonQuery = Type.Object({
  ...ListQuery.properties,
  kind: Type.Optional(Type.Union([PersonKind, Type.Literal('all')])),
});

/** Family may be reached at home; whoever is paged needs a number that takes messages. */
const needsSms = (kind: PersonView['kind']) => ({ sms: kind !== 'family' });

/** Stewards, and by `kind` neighbours, the office's duty phones and family. */
export function stewardRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/stewards',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Stewards, or people of another kind or of all, by name',
        querystring: PersonQuery,
        response: { 200: ListOf(PersonView) },
      },
    },
    async ({ actor, query: { community, kind = 'steward', limit = 100, offset = 0 } }) =>
      listPeople(db, {
        communityId: communityIdOf(actor, community),
        kind: kind === 'all' ? undefined : kind,
        limit,
        offset,
      }),
  );

  app.get(
    '/stewards/:id',
    {
      config: { rights: OFFICE },
      schema: { tags, summary: 'One person', params: IdParams, response: { 200: PersonView } },
    },
    async ({ actor, params: { id } }) => getOwn(actor, id),
  );

  app.post(
    '/stewards',
    {
      config: { rights: OFFICE },
      schema: { tags, summary: 'Add a person', body: PersonDraft, response: { 201: PersonView } },
    },
    async ({ actor, body }, reply) => {
      communityIdOf(actor, body.communityId);
      const draft = { ...body, phone: phoneOf(body.phone, needsSms(body.kind ?? 'steward')) };
      const { id } = savedOrThrow(await createPerson(db, draft, authorOf(actor), clock.now()));
      return reply.status(201).send(await getOwn(actor, id));
    },
  );

  app.patch(
    '/stewards/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Change a person; a new number holds from the next page on',
        params: IdParams,
        body: PersonPatch,
        response: { 200: PersonView },
      },
    },
    async ({ actor, params: { id }, body }) => {
      const { kind } = await getOwn(actor, id);
      const { phone, ...patch } = body;
      const changes = { ...patch, ...(phone === undefined ? {} : { phone: phoneOf(phone, needsSms(kind)) }) };
      return savedOrThrow(await changePerson(db, id, changes, authorOf(actor), clock.now()));
    },
  );

  app.delete(
    '/stewards/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Take a person off every roster',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await getOwn(actor, id);
      savedOrThrow(await removePerson(db, id, authorOf(actor), clock.now()));
      return reply.status(204).send(null);
    },
  );

  const getOwn = async (actor: Actor, id: string): Promise<PersonView> =>
    assertOwn(actor, await findPerson(db, id), 'person');
}
