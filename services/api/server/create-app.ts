import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import { type FastifyBaseLogger, type FastifyRequest, fastify, LogController } from 'fastify';
import { PactError } from '#platform/errors.ts';
import { type OpenSpan, openSpan } from '#platform/tracing.ts';
import type { ApiApp } from '../context.ts';
import { errorBodyOf, sendError } from '../error-answers.ts';

const BODY_LIMIT = 1024 * 1024;

/** An application without any route yet, as all that we serve by HTTP begins. */
export function createApp({ trustProxy }: { trustProxy: boolean }, logger: FastifyBaseLogger): ApiApp {
  const app = fastify({
    loggerInstance: logger,
    // One line for each request is written below, with the route's pattern: addresses may name people's records.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    // One hop and no more: what stands further left in X-Forwarded-For anybody can write.
    trustProxy: trustProxy ? (_address, hop) => hop === 0 : false,
    bodyLimit: BODY_LIMIT,
    // A request must have come whole by then; an open stream is an answer, and lasts.
    requestTimeout: 20_000,
    keepAliveTimeout: 30_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 100 },
    frameworkErrors: sendError,
    clientErrorHandler: (_error, socket) => refuseGarbage(socket),
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  const spans = new WeakMap<FastifyRequest, OpenSpan>();
  app.addHook('onRequest', (request, _reply, done) => {
    const { method, routeOptions, id } = request;
    // Its address may name people's records.
    const span = openSpan('http.request', { method, route: routeOptions.url ?? 'none', request: id });
    if (!span) return done();
    spans.set(request, span);
    span.run(done);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    const milliseconds = Math.round(reply.elapsedTime);
    spans.get(request)?.end(reply.statusCode < 500, { status: reply.statusCode });
    const { url: route } = routeOptions;
    request.log.debug({ event: 'api.answered', method, route, status: reply.statusCode, milliseconds });
  });
  return app;
}

/** What is no HTTP at all never becomes a request; it gets the same shape all the same. */
function refuseGarbage(socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const fault = new PactError('BAD_REQUEST', 'This is not HTTP that can be read here.');
  const body = JSON.stringify(errorBodyOf(fault, randomUUID()));
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
