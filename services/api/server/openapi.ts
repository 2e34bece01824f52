import swagger from '@fastify/swagger';
import { ErrorBody } from '#contracts/http/error.ts';
import type { ApiApp } from '../context.ts';

/** Describes the API by its own schemas, and adds a name and the error shape to every route. */
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
      operationId: operationIdOf([route.method].flat()[0] ?? '', route.url),
      ...route.schema,
      ...(route.config?.public ? { security: [] } : {}),
      response: { ...answers, '4xx': ErrorBody, '5xx': ErrorBody },
    };
  });
}

/** The same for as long as method and path are: `GET /api/v1/alerts/:id` is `getAlertsById`. */
function operationIdOf(method: string, url: string): string {
  const words = url
    .replace(/^\/api\/v1/, '')
    .split(/[/.-]/)
    .filter((word) => word !== '')
    .map((word) =>
      (word.startsWith(':') ? `by-${word.slice(1)}` : word).split('-').map(capitalised).join(''),
    );
  return method.toLowerCase() + words.join('');
}

const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** Open to all: our answers to those who came wrong send them here, and it tells of nobody. */
export function openApiRoute(app: ApiApp): void {
  app.get('/api/openapi.json', { config: { public: true }, schema: { hide: true } }, async () =>
    app.swagger(),
  );
}
