import swagger from '@fastify/swagger';
import { ErrorBody } from '#contracts/http/error.ts';
import type { ApiApp } from '../context.ts';

/** Describes the API by its own schemas, and adds the error shape to every route. */
export async function describeApi(app: ApiApp, publicUrl: string | undefined): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Curtain Pact 窗帘之约',
        version: '1',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      ...(publicUrl ? { servers: [{ url: publicUrl }] } : {}),
      security: [{ session: [] }, { token: [] }],
      components: {
        securitySchemes: {
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: publicUrl?.startsWith('https:') ? '__Host-pact' : 'pact',
          },
          token: { type: 'http', scheme: 'bearer' },
        },
      },
    },
  });
  app.addHook('onRoute', (route) => {
    if (!route.schema || route.schema.hide) return;
    const answers = route.schema.response as Record<string, unknown> | undefined;
    route.schema = {
      ...route.schema,
      ...(route.config?.public ? { security: [] } : {}),
      response: { ...answers, '4xx': ErrorBody, '5xx': ErrorBody },
    };
  });
}

export function openApiRoute(app: ApiApp): void {
  app.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
