import Type from 'typebox';
import {
  FoundHousehold,
  HomeNoteDraft,
  HomePlace,
  HouseholdDraft,
  HouseholdFile,
  HouseholdPatch,
  HouseholdSearch,
  type HouseholdView,
  RegisterChange,
} from '#contracts/http/register/household.ts';
import { IdParams, ListOf, ListQuery } from '#contracts/http/register/paging.ts';
import { AssignmentsDraft } from '#contracts/http/register/person.ts';
import { Uuid } from '#contracts/http/scalars.ts';
import { recordLook } from '#store/audit/record-audit.ts';
import type { Db } from '#store/database.ts';
import { changeAssignments } from '#store/register/assignment.ts';
import { strikeNote, writeNote } from '#store/register/home-note.ts';
import { changeHousehold, createHousehold, removeHousehold } from '#store/register/household.ts';
import { readHistory } from '#store/register/read-history.ts';
import { findHousehold, listHouseholds, readHouseholdFile } from '#store/register/read-household.ts';
import { searchHouseholds } from '#store/register/search-households.ts';
import { type Actor, assertInSight, knowsNames } from '../actor.ts';
import { communityIdOf, getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { HOMES, OFFICE, PLACES } from '../rights.ts';
import { assertBirthYear } from './birth-years.ts';
import { phoneOf } from './phones.ts';
import { authorOf, savedOrThrow } from './refused.ts';

const tags = ['households'];
const HouseholdQuery = Type.Object({
  ...ListQuery.properties,
  code: Type.Optional(Type.String({ maxLength: 8 })),
});

/** Homes: the list, and each one's whole file (一户一表). */
export function householdRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/households',
    {
      config: { rights: PLACES },
      schema: {
        tags,
        summary: 'Homes by their numbers',
        querystring: HouseholdQuery,
        response: { 200: ListOf(HomePlace) },
      },
    },
    async ({ actor, query: { community, code, limit = 100, offset = 0 } }) => {
      const communityId = communityIdOf(actor, community);
      const { items, total } = await listHouseholds(db, {
        communityId,
        stewardId: actor.personId,
        code,
        limit,
        offset,
      });
      const salutation = (home: HouseholdView) => (knowsNames(actor) ? home.salutation : null);
      return { items: items.map((home) => ({ ...home, salutation: salutation(home) })), total };
    },
  );

  app.get(
    '/households/:id',
    {
      config: { rights: HOMES },
      schema: {
        tags,
        summary: 'The file of a home; reading it is written to the audit log',
        params: IdParams,
        response: { 200: HouseholdFile },
      },
    },
    async ({ actor, params: { id } }) => readFile(actor, id),
  );

  app.post(
    '/households',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Add a home with its residents, people and pact',
        body: HouseholdDraft,
        response: { 201: HouseholdFile },
      },
    },
    async ({ actor, body }, reply) => {
      communityIdOf(actor, body.communityId);
      for (const { birthYear } of body.residents ?? []) assertBirthYear(birthYear, clock.now());
      const draft = {
        ...body,
        phone: phoneOf(body.phone ?? null, { sms: false }),
        residents: (body.residents ?? []).map((resident) => ({
          ...resident,
          phone: phoneOf(resident.phone ?? null, { sms: false }),
        })),
      };
      const { id } = savedOrThrow(await createHousehold(db, draft, authorOf(actor), clock.now()));
      return reply.status(201).send(await readFile(actor, id));
    },
  );

  app.patch(
    '/households/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Change a home',
        params: IdParams,
        body: HouseholdPatch,
        response: { 200: HouseholdFile },
      },
    },
    async ({ actor, params: { id }, body }) => {
      await getOwnHousehold(db, actor, id);
      const { phone, ...patch } = body;
      const changes = { ...patch, ...(phone === undefined ? {} : { phone: phoneOf(phone, { sms: false }) }) };
      savedOrThrow(await changeHousehold(db, id, changes, authorOf(actor), clock.now()));
      return readFile(actor, id);
    },
  );

  app.put(
    '/households/:id/people',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Say who looks after a home; each role that is named is replaced as a whole',
        params: IdParams,
        body: AssignmentsDraft,
        response: { 200: HouseholdFile },
      },
    },
    async ({ actor, params: { id }, body }) => {
      const home = await getOwnHousehold(db, actor, id);
      savedOrThrow(await changeAssignments(db, home, body, authorOf(actor), clock.now()));
      return readFile(actor, id);
    },
  );

  app.post(
    '/households/search',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary:
          'Homes by anything that people remember; the search is written to the audit log, its words are not',
        body: HouseholdSearch,
        response: { 200: ListOf(FoundHousehold) },
      },
    },
    async ({ actor, body: { community, question, limit = 50, offset = 0 } }) => {
      const { id: communityId } = await getCommunity(db, actor, community);
      const found = await searchHouseholds(db, { communityId, question, limit, offset });
      const entry = {
        actor: authorOf(actor),
        action: 'households.search',
        subjectKind: 'community',
        subjectId: communityId,
      };
      await recordLook(db, entry, clock.now());
      return found;
    },
  );

  app.get(
    '/households/:id/history',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'What was changed of a home, the newest first',
        params: IdParams,
        querystring: Type.Object({ before: Type.Optional(Type.Integer({ minimum: 1 })) }),
        response: { 200: Type.Object({ items: Type.Array(RegisterChange) }) },
      },
    },
    async ({ actor, params: { id }, query: { before } }) => {
      await getOwnHousehold(db, actor, id);
      const entry = {
        actor: authorOf(actor),
        action: 'household.history',
        subjectKind: 'household',
        subjectId: id,
      };
      await recordLook(db, entry, clock.now());
      return { items: await readHistory(db, id, { before, limit: 50 }) };
    },
  );

  app.post(
    '/households/:id/notes',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Write a note into the file of a home',
        params: IdParams,
        body: HomeNoteDraft,
        response: { 201: HouseholdFile },
      },
    },
    async ({ actor, params: { id }, body }, reply) => {
      await getOwnHousehold(db, actor, id);
      await writeNote(db, id, body.note.trim(), authorOf(actor), clock.now());
      return reply.status(201).send(await readFile(actor, id));
    },
  );

  app.post(
    '/households/:id/notes/:note/strike',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Strike a note that was wrong; it stays to be read',
        params: Type.Object({ id: Uuid, note: Uuid }),
        response: { 200: HouseholdFile },
      },
    },
    async ({ actor, params: { id, note } }) => {
      await getOwnHousehold(db, actor, id);
      savedOrThrow(await strikeNote(db, id, note, authorOf(actor), clock.now()));
      return readFile(actor, id);
    },
  );

  app.delete(
    '/households/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Take a home out of the register; its past stays in the ledger',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await getOwnHousehold(db, actor, id);
      savedOrThrow(await removeHousehold(db, id, authorOf(actor), clock.now()));
      return reply.status(204).send(null);
    },
  );

  async function readFile(actor: Actor, id: string): Promise<HouseholdFile> {
    const file = await assertHome(db, actor, await readHouseholdFile(db, id));
    const entry = {
      actor: authorOf(actor),
      action: 'household.read',
      subjectKind: 'household',
      subjectId: id,
    };
    await recordLook(db, entry, clock.now());
    return file;
  }
}

/** @throws PactError NOT_FOUND */
export const getOwnHousehold = async (db: Db, actor: Actor, id: string): Promise<HouseholdView> =>
  assertHome(db, actor, await findHousehold(db, id));

async function assertHome<T extends HouseholdView>(db: Db, actor: Actor, home: T | undefined): Promise<T> {
  return assertInSight(db, actor, home && { ...home, householdId: home.id }, 'household');
}
