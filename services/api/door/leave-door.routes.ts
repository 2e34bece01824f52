import type { FastifyRequest } from 'fastify';
import { LeaveDoorView, LeavePress } from '#contracts/http/register/leave.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { PactError } from '#platform/errors.ts';
import { findLeaveLink, type LeaveLink } from '#store/leave/leave-link.ts';
import {
  answerWhetherBack,
  cancelLeave,
  changeLeave,
  createLeave,
  findLeave,
  findLeavesOf,
} from '#store/register/leave.ts';
import type { Saved } from '#store/register/refusal.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { savedOrThrow } from '../register/refused.ts';
import { openLink } from './link-token.ts';

const tags = ['door'];
const config = { public: true, rateLimit: { max: 60, timeWindow: 60_000 } };

/** What a family's or a steward's link opens: when a home is away, said without an account. */
export function leaveDoorRoutes(app: ApiApp, { db, clock, wake }: ApiContext): void {
  app.get(
    '/door/leave',
    {
      config,
      schema: {
        tags,
        summary: 'The leaves that a link may change: Authorization: Leave <token of the link>',
        security: [],
        response: { 200: LeaveDoorView },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return viewOf(await getLink(request));
    },
  );

  app.post(
    '/door/leave',
    {
      config,
      schema: {
        tags,
        summary: 'A leave is said, changed, cancelled, or whether somebody is back is answered',
        security: [],
        body: LeavePress,
        response: { 200: LeaveDoorView },
      },
    },
    async (request) => {
      const link = await getLink(request);
      savedOrThrow(await press(link, request.body));
      wake();
      return viewOf(link);
    },
  );

  async function press(link: LeaveLink, body: LeavePress): Promise<Saved<unknown>> {
    const { householdId, personId } = link;
    const by = { kind: 'leave_link', id: personId };
    const now = clock.now();
    const known = await findLeave(db, body.id);
    if (body.action === 'say') {
      if (known && known.householdId !== householdId) throw notTheirs();
      const { fromOn, untilOn, reason = null } = body;
      return createLeave(db, { householdId, fromOn, untilOn, reason }, by, now, {
        personId,
        leaveId: body.id,
      });
    }
    if (known?.householdId !== householdId) throw notTheirs();
    switch (body.action) {
      case 'change':
        return changeLeave(db, body.id, body.untilOn, by, now, { personId });
      case 'cancel':
        return cancelLeave(db, body.id, by, now, { personId });
      case 'answer':
        return answerWhetherBack(db, body.id, body.back, by, now);
      default:
        return body satisfies never;
    }
  }

  async function viewOf(link: LeaveLink): Promise<LeaveDoorView> {
    const { householdId, personId: _, ...shown } = link;
    const today = localDateAt(clock.now(), link.timeZone).toString();
    const leaves = (await findLeavesOf(db, householdId)).filter(
      ({ untilOn, cancelledAt }) => cancelledAt === null && untilOn >= today,
    );
    return {
      ...shown,
      today,
      leaves: leaves.map(({ id, fromOn, untilOn, reason, openedAt, back }) => ({
        ...{ id, fromOn, untilOn, reason, openedAt, back },
      })),
    };
  }

  const getLink = (request: FastifyRequest): Promise<LeaveLink> =>
    openLink(
      request,
      'Leave',
      (token) => findLeaveLink(db, token, clock.now()),
      'Ask the office for a new one.',
    );
}

const notTheirs = (): PactError =>
  new PactError('NOT_FOUND', 'This link does not open that leave.', { hint: 'Open the newest link.' });
