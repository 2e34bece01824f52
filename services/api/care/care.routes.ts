import Type from 'typebox';
import {
  CareAsk,
  CareDayView,
  CareDone,
  CareLinkRequest,
  OccasionDraft,
  OccasionParams,
  OccasionView,
} from '#contracts/http/care.ts';
import { LinkView } from '#contracts/http/door.ts';
import { IdParams, ListOf } from '#contracts/http/register/paging.ts';
import { LocalDate, Uuid } from '#contracts/http/scalars.ts';
import { OCCASIONS } from '#pact/care.ts';
import { careUrl } from '#platform/door-urls.ts';
import { PactError } from '#platform/errors.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import { createCareLink, sendCareLink } from '#store/care/care-link.ts';
import { listOccasions, saveOccasion } from '#store/care/occasions.ts';
import { readCareDay } from '#store/care/read-care.ts';
import {
  askForCare,
  doTask,
  findCareTask,
  findContact,
  restoreTask,
  takeBack,
  undoContact,
} from '#store/care/tasks.ts';
import type { Saved } from '#store/register/refusal.ts';
import { type Actor, assertOwn } from '../actor.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { requirePublicUrl } from '../public-url.ts';
import { getOwnHousehold } from '../register/household.routes.ts';
import { authorOf, savedOrThrow } from '../register/refused.ts';
import { OFFICE } from '../rights.ts';

const tags = ['care'];
const CareQuery = Type.Object({ community: Type.Optional(Uuid), date: Type.Optional(LocalDate) });

/** The day's visits, calls, must-visits and services of a community. */
export function careRoutes(app: ApiApp, { db, clock, wake, publicUrl }: ApiContext): void {
  app.get(
    '/care',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary:
          'A day’s list in the order in which people walk: what was asked for, whose it is, how it ended',
        querystring: CareQuery,
        response: { 200: CareDayView },
      },
    },
    async ({ actor, query: { community, date } }) =>
      readCareDay(db, await getCommunity(db, actor, community), date, clock.now()),
  );

  app.post(
    '/care/tasks',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Ask for a must-visit or a service; the same id twice is one',
        body: CareAsk,
        response: { 201: Type.Object({ id: Uuid }) },
      },
    },
    async ({ actor, body }, reply) => {
      await getOwnHousehold(db, actor, body.householdId);
      return reply.status(201).send(savedOrThrow(await askForCare(db, body, authorOf(actor), clock.now())));
    },
  );

  app.post(
    '/care/tasks/:id/done',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Tick off with a line of words; what else the contact counts for is done too',
        params: IdParams,
        body: CareDone,
        response: { 204: Type.Null() },
      },
    },
    async ({ actor, params: { id }, body }, reply) => {
      const doer = { author: authorOf(actor), personId: null };
      await change(actor, id, () => doTask(db, id, body, doer, clock.now()));
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/care/tasks/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Take a must-visit or a service from the list',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await change(actor, id, () => takeBack(db, id, authorOf(actor), clock.now()));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/care/tasks/:id/restore',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'It was taken from the list by a slip',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await change(actor, id, () => restoreTask(db, id, authorOf(actor), clock.now()));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/care/contacts/:id/undo',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Take a tick back within a day, with everything that it counted for',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      assertOwn(actor, await findContact(db, id), 'contact');
      savedOrThrow(await undoContact(db, id, authorOf(actor), clock.now()));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/care/links',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'A link to a steward’s own list, to hand on or sent by SMS',
        querystring: Type.Object({ community: Type.Optional(Uuid) }),
        body: CareLinkRequest,
        response: { 201: LinkView },
      },
    },
    async ({ actor, query, body: { personId, send = false } }, reply) => {
      const { id: communityId } = await getCommunity(db, actor, query.community);
      if (send) requirePublicUrl(publicUrl);
      const made = await db.transaction().execute(async (tx) => {
        const link = await createCareLink(tx, { communityId, personId }, clock.now());
        if (!link) {
          throw new PactError('NOT_FOUND', 'This person is no steward of this community.', {
            hint: 'Choose one of its stewards.',
          });
        }
        const url = careUrl(publicUrl ?? '', link.token);
        if (send) await sendCareLink(tx, personId, url, clock.now());
        await recordAudit(
          tx,
          { actor: authorOf(actor), action: 'care.link', subjectKind: 'person', subjectId: personId },
          clock.now(),
        );
        return { link: url, expiresAt: link.expiresAt.toString() };
      });
      wake();
      return reply.status(201).header('cache-control', 'no-store').send(made);
    },
  );

  app.get(
    '/communities/:id/occasions',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'On what occasions homes must be visited: the five, then the community’s own',
        params: IdParams,
        response: { 200: ListOf(OccasionView) },
      },
    },
    async ({ actor, params: { id } }) => {
      await getCommunity(db, actor, id);
      const items = await listOccasions(db, id);
      return { items, total: items.length };
    },
  );

  app.put(
    '/communities/:id/occasions/:code',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Change one of the five, or add one of the community’s own by a name',
        params: OccasionParams,
        body: OccasionDraft,
        response: { 204: Type.Null() },
      },
    },
    async ({ actor, params: { id, code }, body: { name = null, ...rest } }, reply) => {
      await getCommunity(db, actor, id);
      if (!Object.hasOwn(OCCASIONS, code) && !name?.trim()) {
        throw new PactError('BAD_REQUEST', 'An occasion of your own needs a name.', { hint: 'Give name.' });
      }
      await saveOccasion(db, id, { code, name: name?.trim() ?? null, ...rest }, authorOf(actor), clock.now());
      return reply.status(204).send(null);
    },
  );

  async function change(actor: Actor, id: string, work: () => Promise<Saved<undefined>>): Promise<void> {
    assertOwn(actor, await findCareTask(db, id), 'task');
    savedOrThrow(await work());
  }
}
