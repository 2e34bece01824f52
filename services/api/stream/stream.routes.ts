import Type from 'typebox';
import { Uuid } from '#contracts/http/scalars.ts';
import { credentialOf } from '../account/credential.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { MORNING } from '../rights.ts';
import type { BoardStream } from './board-stream.ts';

export function streamRoutes(app: ApiApp, context: ApiContext, stream: BoardStream): void {
  app.get(
    '/stream',
    {
      config: { rights: MORNING },
      schema: {
        tags: ['board'],
        summary: 'Server-sent events: change (a TodayChange), tick (the clock), resync (fetch today again)',
        querystring: Type.Object({ community: Type.Optional(Uuid) }),
        response: { 200: Type.Any({ description: 'text/event-stream' }) },
      },
    },
    async (request, reply) => {
      const { id } = await getCommunity(context.db, request.actor, request.query.community);
      const lastEventId = request.headers['last-event-id'];
      reply.hijack();
      request.raw.socket.setTimeout(0);
      request.raw.socket.setNoDelay(true);
      reply.raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache, no-transform',
        // nginx would hold events back until its buffer is full.
        'x-accel-buffering': 'no',
      });
      stream.open(reply.raw, {
        communityId: id,
        stewardId: request.actor.personId,
        credential: credentialOf(request).hash,
        lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
      });
    },
  );
}
