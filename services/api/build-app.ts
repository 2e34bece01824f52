import { fileURLToPath } from 'node:url';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KEEP_DAYS, type KeepDays } from '#pact/retention.ts';
import { PactError } from '#platform/errors.ts';
import { createMeters } from '#platform/metrics.ts';
import { accountRoutes } from './account/account.routes.ts';
import { guard } from './account/credential.ts';
import { pushRoutes } from './bridge/push.routes.ts';
import type { ApiApp, ApiContext, ApiPorts } from './context.ts';
import { answerErrors } from './error-answers.ts';
import { rememberPaths } from './known-paths.ts';
import { API_METRICS, type ApiMeters } from './metrics.ts';
import { ROUTE_GROUPS } from './route-groups.ts';
import { boardFiles, findBoard, isForPerson, sendBoard } from './server/board-files.ts';
import { createApp } from './server/create-app.ts';
import { describeApi, openApiRoute } from './server/openapi.ts';
import { operationRoutes, wholeServiceChecks } from './server/operations.ts';
import { securityHeaders } from './server/security-headers.ts';
import { webhookRoutes } from './server/webhooks.ts';
import type { BoardStream } from './stream/board-stream.ts';
import { streamRoutes } from './stream/stream.routes.ts';
import { assertWellFormed } from './well-formed.ts';

export type AppConfig = {
  /** The address that people and providers use, without a slash at its end. */
  publicUrl: string | undefined;
  /** Whether one proxy of ours stands in front and tells the callers' addresses. */
  trustProxy: boolean;
  /** For how long what is kept; the usual days unless told otherwise. */
  keep?: KeepDays;
  /** Whether a backup is made every night; not unless told so. */
  backsUp?: boolean;
  /** The folder of the built board; without it the one of this project. */
  boardDir?: string;
  /** Requests that one address may send in a minute; 1,200 unless told otherwise. */
  requestsPerMinute?: number;
};

const BOARD_DIR = fileURLToPath(new URL('../board/dist', import.meta.url));

/** The whole application, apart from listening: tests inject their requests into it. */
export async function buildApp(
  config: AppConfig,
  ports: ApiPorts,
  stream: BoardStream,
  meters = createMeters(ports.metrics, API_METRICS),
): Promise<ApiApp> {
  const context: ApiContext = {
    ...ports,
    publicUrl: config.publicUrl,
    keep: config.keep ?? KEEP_DAYS,
    backsUp: config.backsUp ?? false,
  };
  const app = createApp(config, ports.logger);
  app.addHook('onResponse', async (request, reply) => countRequest(meters, request, reply));
  const board = findBoard(config.boardDir ?? BOARD_DIR);
  const paths = rememberPaths(app);

  await app.register(helmet, securityHeaders(config.publicUrl));
  await app.register(rateLimit, {
    max: config.requestsPerMinute ?? 1_200,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, { ttl }) =>
      new PactError('TOO_MANY_REQUESTS', 'Too many requests came from this address.', {
        hint: `Wait ${Math.ceil(ttl / 1000)} seconds and try again.`,
      }),
  });
  await app.register(cookie);
  await describeApi(app, config.publicUrl);
  answerErrors(app);
  guard(app, context);
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) => {
    if (isForPerson(request)) return sendBoard(request, reply, board);
    const methods = paths.methodsOf(URL.parse(request.url, 'http://localhost')?.pathname ?? '');
    // A path that takes this method and yet was not matched names an id too long to be one.
    if (methods.length === 0 || methods.includes(request.method)) throw notThere([]);
    reply.header('allow', methods.join(', '));
    throw notThere(methods);
  });

  openApiRoute(app);
  operationRoutes(app, context, wholeServiceChecks(context));
  await app.register(async (scope: ApiApp) => webhookRoutes(scope, context));
  await app.register(async (scope: ApiApp) => pushRoutes(scope, context), { prefix: '/api/v1' });
  await app.register(async (scope: ApiApp) => boardFiles(scope, board));
  await app.register(
    async (scope: ApiApp) => {
      // A request without a body is one without any field: what is needed is then named field by field.
      scope.addHook('preValidation', async (request) => {
        request.body ??= {};
        assertWellFormed(request.body);
      });
      accountRoutes(scope, context, stream.endSession);
      streamRoutes(scope, context, stream);
      for (const routes of ROUTE_GROUPS) routes(scope, context);
    },
    { prefix: '/api/v1' },
  );
  return app;
}

const STREAM = '/api/v1/stream';

function countRequest({ requests, seconds }: ApiMeters, request: FastifyRequest, reply: FastifyReply): void {
  const method = request.method as Parameters<ApiMeters['seconds']['observe']>[1]['method'];
  const { url: route = 'none' } = request.routeOptions;
  requests.add(1, { method, route, status: String(reply.statusCode) });
  if (route !== STREAM) seconds.observe(reply.elapsedTime / 1_000, { method, route });
}

const notThere = (methods: readonly string[]): PactError =>
  methods.length > 0
    ? new PactError('METHOD_NOT_ALLOWED', 'This address takes other methods.', {
        hint: `Use ${methods.join(', ')}.`,
      })
    : new PactError('NOT_FOUND', 'There is nothing at this address.', {
        hint: '/api/openapi.json lists what there is.',
      });
