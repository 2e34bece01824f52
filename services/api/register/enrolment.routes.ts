import Type from 'typebox';
import {
  ConsentDraft,
  ConsentWithdrawal,
  EnrolmentView,
  NewPact,
  UnfinishedHome,
} from '#contracts/http/register/enrolment.ts';
import { IdParams } from '#contracts/http/register/paging.ts';
import { Uuid } from '#contracts/http/scalars.ts';
import { PactError } from '#platform/errors.ts';
import { recordLook } from '#store/audit/record-audit.ts';
import {
  abandonCommissioning,
  confirmPage,
  repeatPage,
  startCommissioning,
} from '#store/enrolment/commissioning.ts';
import { findConsentHome, recordConsent, undoWithdrawal, withdrawConsent } from '#store/enrolment/consent.ts';
import { listUnfinished, readEnrolment } from '#store/enrolment/read-enrolment.ts';
import { toDate } from '#store/instant.ts';
import { beginPact } from '#store/register/pact.ts';
import type { Actor } from '../actor.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { OFFICE } from '../rights.ts';
import { getOwnHousehold } from './household.routes.ts';
import { authorOf, savedOrThrow } from './refused.ts';

const tags = ['enrolment'];
const answer = { 200: EnrolmentView };

/** From a home in the register to one that is protected: consent, pact, people, sensor, and a test of everything. */
export function enrolmentRoutes(app: ApiApp, { db, clock, wake }: ApiContext): void {
  app.get(
    '/enrolments',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Homes that are not protected yet, with what is missing',
        querystring: Type.Object({ community: Type.Optional(Uuid) }),
        response: { 200: Type.Object({ items: Type.Array(UnfinishedHome) }) },
      },
    },
    async ({ actor, query }) => {
      const community = await getCommunity(db, actor, query.community);
      return { items: await listUnfinished(db, community.id, toDate(clock.now())) };
    },
  );

  app.get(
    '/households/:id/enrolment',
    {
      config: { rights: OFFICE },
      schema: { tags, summary: 'How far a home has come', params: IdParams, response: answer },
    },
    async ({ actor, params: { id } }) => {
      const view = await read(actor, id);
      const entry = {
        actor: authorOf(actor),
        action: 'household.read',
        subjectKind: 'household',
        subjectId: id,
      };
      await recordLook(db, entry, clock.now());
      return view;
    },
  );

  app.post(
    '/households/:id/consents',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Record a consent that was signed on paper',
        params: IdParams,
        body: ConsentDraft,
        response: answer,
      },
    },
    async ({ actor, params: { id }, body }) => {
      await getOwnHousehold(db, actor, id);
      savedOrThrow(await recordConsent(db, id, body, authorOf(actor), clock.now()));
      return read(actor, id);
    },
  );

  app.post(
    '/consents/:id/withdraw',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Take a consent back; that to the pact ends the pact with the day',
        params: IdParams,
        body: ConsentWithdrawal,
        response: answer,
      },
    },
    async ({ actor, params: { id }, body }) => {
      const householdId = await getOwnHomeOf(actor, id);
      savedOrThrow(await withdrawConsent(db, id, body.on, authorOf(actor), clock.now()));
      return read(actor, householdId);
    },
  );

  app.post(
    '/consents/:id/resume',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Undo a withdrawal on its own day; the pact goes on as before',
        params: IdParams,
        response: answer,
      },
    },
    async ({ actor, params: { id } }) => {
      const householdId = await getOwnHomeOf(actor, id);
      savedOrThrow(await undoWithdrawal(db, id, authorOf(actor), clock.now()));
      return read(actor, householdId);
    },
  );

  app.post(
    '/households/:id/pact',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Begin the pact of a home that has none',
        params: IdParams,
        body: NewPact,
        response: answer,
      },
    },
    async ({ actor, params: { id }, body }) => {
      await getOwnHousehold(db, actor, id);
      savedOrThrow(await beginPact(db, id, body, authorOf(actor), clock.now()));
      return read(actor, id);
    },
  );

  app.post(
    '/households/:id/commissioning',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Start the test: open, close, and a page to the steward',
        params: IdParams,
        response: answer,
      },
    },
    async ({ actor, params: { id } }) => {
      await getOwnHousehold(db, actor, id);
      savedOrThrow(await startCommissioning(db, id, authorOf(actor), clock.now()));
      return read(actor, id);
    },
  );

  app.delete(
    '/households/:id/commissioning',
    {
      config: { rights: OFFICE },
      schema: { tags, summary: 'Give the running test up', params: IdParams, response: answer },
    },
    async ({ actor, params: { id } }) => {
      await getOwnHousehold(db, actor, id);
      savedOrThrow(await abandonCommissioning(db, id, clock.now()));
      return read(actor, id);
    },
  );

  app.post(
    '/households/:id/commissioning/page',
    {
      config: { rights: OFFICE },
      schema: { tags, summary: 'Send the test’s page again', params: IdParams, response: answer },
    },
    async ({ actor, params: { id } }) => {
      await getOwnHousehold(db, actor, id);
      savedOrThrow(await repeatPage(db, id, clock.now()));
      wake();
      return read(actor, id);
    },
  );

  app.post(
    '/households/:id/commissioning/confirm',
    {
      config: { rights: OFFICE },
      schema: { tags, summary: 'The steward has the page in hand', params: IdParams, response: answer },
    },
    async ({ actor, params: { id } }) => {
      await getOwnHousehold(db, actor, id);
      savedOrThrow(await confirmPage(db, id, authorOf(actor), clock.now()));
      return read(actor, id);
    },
  );

  async function getOwnHomeOf(actor: Actor, consentId: string): Promise<string> {
    const consent = await findConsentHome(db, consentId);
    if (!consent) {
      throw new PactError('NOT_FOUND', 'There is no such consent.', { hint: 'Read the list again.' });
    }
    await getOwnHousehold(db, actor, consent.householdId);
    return consent.householdId;
  }

  async function read(actor: Actor, id: string): Promise<EnrolmentView> {
    await getOwnHousehold(db, actor, id);
    const view = await readEnrolment(db, id, toDate(clock.now()));
    if (view) return view;
    throw new PactError('NOT_FOUND', 'There is no such household.', { hint: 'It may have been removed.' });
  }
}
