import type { FastifyRequest } from 'fastify';
import { Temporal } from 'temporal-polyfill';
import { CareAnswer, CareDoorView, CarePress } from '#contracts/http/care.ts';
import { PactError } from '#platform/errors.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import { type CareLink, findCareLink, markCareLinkOpened } from '#store/care/care-link.ts';
import { readCareDoor } from '#store/care/read-care.ts';
import { doTask, findCareTask, findContact, undoContact } from '#store/care/tasks.ts';
import { looksAfter } from '#store/register/home-of.ts';
import type { Saved } from '#store/register/refusal.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { openLink } from '../door/link-token.ts';
import { savedOrThrow } from '../register/refused.ts';

const tags = ['door'];
const config = { public: true, rateLimit: { max: 60, timeWindow: 60_000 } };
type Opened = CareLink & { token: string };

/** What the link of a steward's list opens, on the phone and without an account. */
export function careDoorRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/door/care',
    {
      config,
      schema: {
        tags,
        summary: 'A steward’s own list of today: Authorization: Care <token of the link>',
        security: [],
        response: { 200: CareDoorView },
      },
    },
    async (request, reply) => {
      const link = await getLink(request);
      reply.header('cache-control', 'no-store');
      return viewOf(link);
    },
  );

  app.post(
    '/door/care',
    {
      config,
      schema: {
        tags,
        summary: 'Something was ticked off, or a tick taken back; the same key twice is one press',
        security: [],
        body: CarePress,
        response: { 200: CareAnswer },
      },
    },
    async (request) => {
      const link = await getLink(request);
      const pressed = await press(link, request.body);
      const isClosed =
        !pressed.ok && (pressed.reason === 'already_closed' || pressed.reason === 'undo_too_late');
      if (!isClosed) savedOrThrow(pressed);
      return { answer: isClosed ? ('closed' as const) : ('done' as const), view: await viewOf(link) };
    },
  );

  async function press(link: CareLink, body: CarePress): Promise<Saved<undefined>> {
    const author = { kind: 'care_link', id: link.personId };
    if (body.action === 'undo') {
      const contact = await findContact(db, body.contactId);
      if (contact?.personId !== link.personId) throw notTheirs();
      return undoContact(db, body.contactId, author, clock.now());
    }
    const { action: _, taskId, ...done } = body;
    const task = await findCareTask(db, taskId);
    if (task?.communityId !== link.communityId || !(await isTheirs(link, task, body))) throw notTheirs();
    return doTask(db, taskId, done, { author, personId: link.personId }, clock.now());
  }

  /** A home that they look after, or what stood on their list when they pressed: for somebody absent, or by name. */
  async function isTheirs(
    link: CareLink,
    { householdId }: { householdId: string },
    { taskId, pressedAt }: Extract<CarePress, { action: 'done' }>,
  ): Promise<boolean> {
    if (await looksAfter(db, link.personId, householdId)) return true;
    const at = pressedAt === undefined ? clock.now() : Temporal.Instant.from(pressedAt);
    return (await readCareDoor(db, link, at)).items.some(({ id }) => id === taskId);
  }

  async function viewOf(link: Opened): Promise<CareDoorView> {
    const now = clock.now();
    const view = await readCareDoor(db, link, now);
    if (link.isNew) {
      await markCareLinkOpened(db, link.token, now);
      await recordAudit(
        db,
        {
          actor: { kind: 'care_link', id: link.personId },
          ...{ action: 'care.read', subjectKind: 'person', subjectId: link.personId },
        },
        now,
      );
    }
    return view;
  }

  const getLink = (request: FastifyRequest): Promise<Opened> =>
    openLink(
      request,
      'Care',
      async (token) => {
        const link = await findCareLink(db, token, clock.now());
        return link && { ...link, token };
      },
      'Ask the office for a new one.',
    );
}

const notTheirs = (): PactError =>
  new PactError('NOT_FOUND', 'This link does not open that home.', { hint: 'Open the newest link.' });
