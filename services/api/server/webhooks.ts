import type { FastifyRequest } from 'fastify';
import type { WebhookRoute } from '#contracts/webhook.ts';
import type { ApiApp, ApiContext } from '../context.ts';

/** Providers' forms are small, and a batch of receipts has some hundred; anything longer is not theirs. */
const BODY_LIMIT = 256 * 1024;

/** Mounts the gateways' webhooks. Their bodies are left raw, because signatures cover the bytes as they came. */
export function webhookRoutes(app: ApiApp, { webhooks, publicUrl }: ApiContext): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
    done(null, body),
  );
  for (const webhook of webhooks) mount(app, webhook, publicUrl);
}

function mount(app: ApiApp, webhook: WebhookRoute, publicUrl: string | undefined): void {
  app.post(
    webhook.path,
    {
      config: { public: true, rateLimit: { max: 1_200, timeWindow: 60_000 } },
      schema: {
        tags: ['webhooks'],
        summary: 'For the message provider alone; its signature or secret is checked',
      },
    },
    async (request, reply) => {
      const rawBody = typeof request.body === 'string' ? request.body : '';
      const answer = await webhook.handle({
        url: `${publicUrl ?? `${request.protocol}://${request.host}`}${request.url}`,
        headers: headersOf(request),
        rawBody,
        params: Object.fromEntries(new URLSearchParams(rawBody)),
      });
      return reply.status(answer.status).type(answer.contentType).send(answer.body);
    },
  );
}

/** Headers as one text each. */
export const headersOf = ({ headers }: FastifyRequest): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
