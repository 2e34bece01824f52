import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { MessagePage, MessageQuery, ReplyRequest } from '#contracts/http/alert.ts';
import { Uuid } from '#contracts/http/scalars.ts';
import { PactError } from '#platform/errors.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import { findHeldMessage, findMessageCommunity, listMessages } from '#store/today/read-messages.ts';
import { assertOwn } from '../actor.ts';
import { communityIdOf } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { OFFICE } from '../rights.ts';

/** Messages, and answering those that the outbox holds. */
export function messageRoutes(app: ApiApp, { db, clock, receive }: ApiContext): void {
  app.get(
    '/messages',
    {
      config: { rights: OFFICE },
      schema: {
        tags: ['messages'],
        summary: 'Messages, the newest first',
        querystring: MessageQuery,
        response: { 200: MessagePage },
      },
    },
    async ({ actor, query }) =>
      listMessages(
        db,
        { communityId: communityIdOf(actor, query.community) },
        {
          limit: query.limit ?? 50,
          after: query.after,
        },
      ),
  );

  app.post(
    '/messages/:id/reply',
    {
      config: { rights: OFFICE },
      schema: {
        tags: ['messages'],
        summary: 'Answer a message of the outbox as if from the phone that it was sent to',
        params: Type.Object({ id: Uuid }),
        body: ReplyRequest,
        response: { 202: Type.Object({ accepted: Type.Literal(true) }) },
      },
    },
    async ({ actor, params: { id }, body }, reply) => {
      assertOwn(actor, await findMessageCommunity(db, id), 'message');
      const held = await findHeldMessage(db, id);
      if (!held) {
        throw new PactError('CONFLICT', 'This message did not go to the outbox.', {
          hint: 'Only the phone that got it can answer it.',
          details: { reason: 'not_in_outbox' },
        });
      }
      const audited = { actor, action: 'message.answered', subjectKind: 'message', subjectId: id };
      await recordAudit(db, audited, clock.now());
      await receive({ provider: 'outbox', providerId: randomUUID(), phone: held.phone, text: body.text });
      return reply.status(202).send({ accepted: true });
    },
  );
}
