import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Uuid } from '#contracts/http/scalars.ts';
import { PactError } from '#platform/errors.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { headersOf } from '../server/webhooks.ts';

/** One message of one device; carriers batch some dozens at most. */
const BODY_LIMIT = 64 * 1024;
const Params = Type.Object({ sourceId: Uuid, token: Type.Optional(Type.String({ maxLength: 100 })) });

/**
 * Where carriers and hooks push to. Bodies are left raw, because signatures cover the bytes as they came; whether a
 * push is let in is for the bridge to say. The token stands in the address, and addresses are never logged.
 */
export function pushRoutes(app: ApiApp, { takePush }: ApiContext): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
    done(null, body),
  );
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    if (!takePush) {
      throw new PactError('BRIDGE_AWAY', 'Nobody here reads what devices push.', {
        hint: 'Send it again later; the operator finds out by /readyz.',
      });
    }
    const { sourceId, token } = request.params as { sourceId: string; token?: string };
    const answer = await takePush(sourceId, {
      method: request.method as 'GET' | 'POST',
      query: Object.fromEntries(new URL(request.url, 'http://localhost').searchParams),
      headers: headersOf(request),
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      token: token ?? null,
    });
    return reply.status(answer.status).type('text/plain; charset=utf-8').send(answer.body);
  };
  for (const url of ['/push/:sourceId', '/push/:sourceId/:token']) {
    for (const method of ['GET', 'POST'] as const) {
      app.route({
        method,
        url,
        config: { public: true, rateLimit: { max: 6_000, timeWindow: 60_000 } },
        schema: {
          tags: ['webhooks'],
          summary: 'For a source’s carrier or hook alone; its signature or token is checked',
          params: Params,
          response: { 200: Type.String() },
        },
        exposeHeadRoute: false,
        handler,
      });
    }
  }
}
