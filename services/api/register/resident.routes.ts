import Type from 'typebox';
import { IdParams, ListOf, ListQuery } from '#contracts/http/register/paging.ts';
import { NewResident, ResidentPatch, ResidentView } from '#contracts/http/register/resident.ts';
import { Uuid } from '#contracts/http/scalars.ts';
import { recordLook } from '#store/audit/record-audit.ts';
import {
  changeResident,
  createResident,
  findResident,
  listResidents,
  removeResident,
} from '#store/register/resident.ts';
import { type Actor, assertOwn } from '../actor.ts';
import { communityIdOf } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { OFFICE } from '../rights.ts';
import { assertBirthYear } from './birth-years.ts';
import { getOwnHousehold } from './household.routes.ts';
import { phoneOf } from './phones.ts';
import { authorOf, savedOrThrow } from './refused.ts';

const tags = ['residents'];
const ResidentQuery = Type.Object({ ...ListQuery.properties, household: Type.Optional(Uuid) });

/** Elders, each with a file of their own (一人一档). Whoever looks at them is written down. */
export function residentRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/residents',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Residents by the number of their home; reading them is written to the audit log',
        querystring: ResidentQuery,
        response: { 200: ListOf(ResidentView) },
      },
    },
    async ({ actor, query: { community, household, limit = 100, offset = 0 } }) => {
      const communityId = communityIdOf(actor, community);
      const list = await listResidents(db, { communityId, householdId: household, limit, offset });
      const subject = household
        ? { subjectKind: 'household', subjectId: household }
        : communityId
          ? { subjectKind: 'community', subjectId: communityId }
          : { subjectKind: 'register' };
      await recordLook(db, { actor: authorOf(actor), action: 'resident.list', ...subject }, clock.now());
      return list;
    },
  );

  app.get(
    '/residents/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'The file of a resident; reading it is written to the audit log',
        params: IdParams,
        response: { 200: ResidentView },
      },
    },
    async ({ actor, params: { id } }) => {
      const resident = await getOwn(actor, id);
      const entry = {
        actor: authorOf(actor),
        action: 'resident.read',
        subjectKind: 'resident',
        subjectId: id,
      };
      await recordLook(db, entry, clock.now());
      return resident;
    },
  );

  app.post(
    '/residents',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Add a resident to a home',
        body: NewResident,
        response: { 201: ResidentView },
      },
    },
    async ({ actor, body: { householdId, ...draft } }, reply) => {
      const home = await getOwnHousehold(db, actor, householdId);
      assertBirthYear(draft.birthYear, clock.now());
      const resident = { ...draft, phone: phoneOf(draft.phone ?? null, { sms: false }) };
      const { id } = savedOrThrow(await createResident(db, home, resident, authorOf(actor), clock.now()));
      return reply.status(201).send(await getOwn(actor, id));
    },
  );

  app.patch(
    '/residents/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Change a resident',
        params: IdParams,
        body: ResidentPatch,
        response: { 200: ResidentView },
      },
    },
    async ({ actor, params: { id }, body }) => {
      await getOwn(actor, id);
      assertBirthYear(body.birthYear, clock.now());
      const { phone, ...patch } = body;
      const changes = { ...patch, ...(phone === undefined ? {} : { phone: phoneOf(phone, { sms: false }) }) };
      return savedOrThrow(await changeResident(db, id, changes, authorOf(actor), clock.now()));
    },
  );

  app.delete(
    '/residents/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Take a resident out of the register',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await getOwn(actor, id);
      savedOrThrow(await removeResident(db, id, authorOf(actor), clock.now()));
      return reply.status(204).send(null);
    },
  );

  const getOwn = async (actor: Actor, id: string): Promise<ResidentView> =>
    assertOwn(actor, await findResident(db, id), 'resident');
}
