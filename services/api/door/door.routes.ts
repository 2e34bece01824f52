import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import {
  DecalAnswer,
  DecalLinkRequest,
  DecalScan,
  DecalView,
  DoorAnswer,
  DoorPress,
  DoorView,
  LinkView,
} from '#contracts/http/door.ts';
import { IdParams, ListOf } from '#contracts/http/register/paging.ts';
import { Uuid } from '#contracts/http/scalars.ts';
import { readPhone } from '#contracts/phone-number.ts';
import { decalUrl, stewardUrl } from '#platform/door-urls.ts';
import { PactError } from '#platform/errors.ts';
import { changeAlert } from '#store/alert/change-alert.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import { actAtDoor } from '#store/door/act-at-door.ts';
import {
  type DecalHome,
  findDecalHome,
  findOpenAlertsOf,
  readDecals,
  renewDecal,
  sendLinkTo,
} from '#store/door/decal.ts';
import { readDoor } from '#store/door/read-door.ts';
import {
  createStewardLink,
  findStewardLink,
  markLinkOpened,
  type StewardLink,
} from '#store/door/steward-link.ts';
import { findAlertPeople } from '#store/today/find-alert-people.ts';
import { assertOwn } from '../actor.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { getOwnHousehold } from '../register/household.routes.ts';
import { authorOf } from '../register/refused.ts';
import { OFFICE } from '../rights.ts';
import { openLink } from './link-token.ts';

const tags = ['door'];
/** Guessing is bounded far below what it would take. */
const RATE = { max: 60, timeWindow: 60_000 };
const LINK_RATE = { max: 6, timeWindow: 60_000 };
const open = (rate: typeof RATE) => ({ public: true, rateLimit: rate });

/** What a steward's phone does without an account: by the link of an SMS, and by the decal on a door. */
export function doorRoutes(app: ApiApp, context: ApiContext): void {
  const { db, clock, wake, publicUrl } = context;

  app.get(
    '/door',
    {
      config: open(RATE),
      schema: {
        tags,
        summary: 'What a steward’s link opens: Authorization: Steward <token of the link>',
        security: [],
        response: { 200: DoorView },
      },
    },
    async (request, reply) => {
      const link = await getLink(request);
      reply.header('cache-control', 'no-store');
      return viewOf(link);
    },
  );

  app.post(
    '/door/press',
    {
      config: open(RATE),
      schema: {
        tags,
        summary: 'Something was pressed; the same key twice is one press',
        security: [],
        body: DoorPress,
        response: { 200: DoorAnswer },
      },
    },
    async (request) => {
      const link = await getLink(request);
      const answer = await actAtDoor(db, link, request.body, clock.now());
      if (answer === undefined) {
        throw new PactError('NOT_FOUND', 'This link does not open that alert.', {
          hint: 'Open the newest link.',
        });
      }
      wake();
      return { answer, view: await viewOf(link) };
    },
  );

  app.post(
    '/door/decal',
    {
      config: open(RATE),
      schema: {
        tags,
        summary:
          'A decal was scanned; arrival where the phone has a link for this home, else the office’s number',
        security: [],
        body: DecalScan,
        response: { 200: DecalAnswer },
      },
    },
    async ({ body }) => {
      const home = await findDecalHome(db, body.decal);
      const arrived = home ? await arrive(home, body.links ?? []) : undefined;
      return {
        arrived: arrived ?? null,
        community: home?.community ?? null,
        officePhone: home?.officePhone ?? null,
        emergencyNumber: home?.emergencyNumber ?? '120',
      };
    },
  );

  app.post(
    '/door/decal/link',
    {
      config: open(LINK_RATE),
      schema: {
        tags,
        summary: 'A steward at the door asks for a link by SMS; the answer tells nobody whether it was sent',
        security: [],
        body: DecalLinkRequest,
        response: { 202: Type.Object({ accepted: Type.Literal(true) }) },
      },
    },
    async ({ body }, reply) => {
      const home = await findDecalHome(db, body.decal);
      const read = readPhone(body.phone, { sms: false });
      if (home && read.ok && publicUrl) {
        await sendLinkTo(db, home, read.phone, (token) => stewardUrl(publicUrl, token), clock.now());
        wake();
      }
      return reply.status(202).send({ accepted: true });
    },
  );

  app.post(
    '/alerts/:id/links',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'A link for somebody of the alert, to be handed on by whatever way there is',
        params: IdParams,
        body: Type.Object({ personId: Uuid }, { additionalProperties: false }),
        response: { 201: LinkView },
      },
    },
    async ({ actor, params: { id: alertId }, body: { personId } }, reply) => {
      const { people } = assertOwn(actor, await findAlertPeople(db, alertId), 'alert');
      if (!people.some((one) => one.personId === personId)) {
        throw new PactError('NOT_FOUND', 'This person is not of this alert.', {
          hint: 'Choose one of /people.',
        });
      }
      const made = await db.transaction().execute(async (tx) => {
        await recordAudit(
          tx,
          { actor: authorOf(actor), action: 'alert.link', subjectKind: 'alert', subjectId: alertId },
          clock.now(),
        );
        return createStewardLink(tx, { alertId, personId }, clock.now());
      });
      return reply
        .status(201)
        .header('cache-control', 'no-store')
        .send({ link: stewardUrl(publicUrl ?? '', made.token), expiresAt: made.expiresAt.toString() });
    },
  );

  app.get(
    '/decals',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'The addresses in the decals of a community’s homes; a home without one gets it',
        querystring: Type.Object({ community: Type.Optional(Uuid) }),
        response: { 200: ListOf(DecalView) },
      },
    },
    async ({ actor, query }) => {
      const { id } = await getCommunity(db, actor, query.community);
      const decals = await readDecals(db, id, 'all');
      await recordAudit(
        db,
        { actor: authorOf(actor), action: 'decals.read', subjectKind: 'community', subjectId: id },
        clock.now(),
      );
      const items = decals.map(({ householdId, code, decal }) => ({
        householdId,
        code,
        url: decalUrl(publicUrl ?? '', decal),
      }));
      return { items, total: items.length };
    },
  );

  app.post(
    '/households/:id/decal',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'A new decal for a home; the one on its door opens nothing any more',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await getOwnHousehold(db, actor, id);
      await renewDecal(db, id, authorOf(actor), clock.now());
      return reply.status(204).send(null);
    },
  );

  const getLink = (request: FastifyRequest): Promise<StewardLink> =>
    openLink(
      request,
      'Steward',
      (token) => findStewardLink(db, token, clock.now()),
      'Open the newest message of the pact, or answer it by its code.',
    );

  async function viewOf(link: StewardLink): Promise<DoorView> {
    const now = clock.now();
    const view = await readDoor(db, link, now);
    if (!view)
      throw new PactError('LINK_INVALID', 'This link is over.', { hint: 'Open the newest message.' });
    if (link.isNew) {
      await markLinkOpened(db, link.token, now);
      const actor = { kind: 'steward_link', id: link.personId };
      for (const { alertId } of view.alerts) {
        await recordAudit(
          db,
          { actor, action: 'household.read', subjectKind: 'alert', subjectId: alertId },
          now,
        );
      }
    }
    return view;
  }

  /** Whoever has a link for an open alert of this home stands at its door now. */
  async function arrive(home: DecalHome, tokens: readonly string[]) {
    const alerts = await findOpenAlertsOf(db, home.householdId);
    for (const token of tokens) {
      const link = await findStewardLink(db, token, clock.now());
      const alertId = link && alerts.find((id) => link.alertIds.includes(id));
      if (!link || !alertId) continue;
      await changeAlert(db, alertId, { kind: 'arrive', by: link.personId }, clock.now());
      wake();
      return { link: token, alertId };
    }
    return undefined;
  }
}
