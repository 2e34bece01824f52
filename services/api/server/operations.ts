import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { SERVICE_NAME } from '#contracts/http/service-name.ts';
import { speedOf } from '#platform/clock.ts';
import { PactError } from '#platform/errors.ts';
import { findWatermark } from '#store/today/find-watermark.ts';
import { findCredential } from '../account/credential.ts';
import type { ApiApp, ApiContext, Health } from '../context.ts';

/** What health and numbers are read from. */
export type OperationPorts = Pick<ApiContext, 'db' | 'clock' | 'checks' | 'metrics' | 'publicUrl'>;

type Checks = OperationPorts['checks'];

/** Wall seconds without a sweep after which deadlines are not being watched. */
const SWEEP_SECONDS = 30;
/** A part that takes longer than this to say that it is well is not. */
const PATIENCE_MS = 2_000;

const Alive = Type.Object({ ok: Type.Literal(true), service: Type.Literal(SERVICE_NAME) });
const HealthView = Type.Object({ ok: Type.Boolean(), why: Type.Optional(Type.String()) });
const ReadyView = Type.Object({ ok: Type.Boolean(), parts: Type.Record(Type.String(), HealthView) });

const open = { config: { public: true, rateLimit: false as const } };

/** Whether we live, whether we are of use, and how we fare: for operators and their machines. */
export function operationRoutes(app: ApiApp, context: OperationPorts, checks: Checks): void {
  app.get(
    '/healthz',
    {
      ...open,
      schema: {
        tags: ['operations'],
        summary: 'Whether the process lives, and that it is ours',
        response: { 200: Alive },
      },
    },
    async () => ({ ok: true, service: SERVICE_NAME }) as const,
  );

  app.get(
    '/readyz',
    {
      ...open,
      schema: {
        tags: ['operations'],
        summary: 'Whether everything that a morning needs is there, part by part',
        response: { 200: ReadyView, 503: ReadyView },
      },
    },
    async (_request, reply) => {
      const answers = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => [name, await askPatiently(check)] as const),
      );
      const ok = answers.every(([, health]) => health.ok);
      return reply.status(ok ? 200 : 503).send({ ok, parts: Object.fromEntries(answers) });
    },
  );

  app.get(
    '/metrics',
    {
      ...open,
      schema: {
        tags: ['operations'],
        summary: 'Prometheus metrics, for this machine itself or with a token',
        response: { 200: Type.String() },
      },
    },
    async (request, reply) => {
      if (!isFromThisMachine(request) && !(await findCredential(request, context))) {
        throw new PactError(
          'NOT_SIGNED_IN',
          'Metrics are for this machine itself, or for whoever has a token.',
          {
            hint: 'Make one by `npm run -s pact -- token` and send it as Authorization: Bearer.',
          },
        );
      }
      return reply.type(context.metrics.contentType).send(await context.metrics.metrics());
    },
  );
}

/** Of one process: the database and its own parts. What another process fails at is not mended by restarting this one. */
export const ownChecks = (ports: OperationPorts): Checks => ({
  database: () => checkDatabase(ports),
  ...ports.checks,
});

/** Also whether anybody at all watches the deadlines, wherever that is: for the people who open the board. */
export const wholeServiceChecks = (ports: OperationPorts): Checks => ({
  database: () => checkDatabase(ports),
  sweep: () => checkSweep(ports),
  ...ports.checks,
});

async function checkDatabase({ db, clock }: OperationPorts): Promise<Health> {
  await findWatermark(db, 'sweep', clock.now());
  return { ok: true };
}

async function checkSweep({ db, clock }: OperationPorts): Promise<Health> {
  const mark = await findWatermark(db, 'sweep', clock.now());
  if (!mark) return { ok: false, why: 'deadlines have never been swept' };
  const seconds = Math.round(mark.ageMs / 1000 / speedOf(clock));
  return seconds <= SWEEP_SECONDS
    ? { ok: true }
    : { ok: false, why: `deadlines were last swept ${seconds} s ago` };
}

/** A part that throws or hangs is not well; what it said may name hosts, and this page is open to all. */
async function askPatiently(check: () => Promise<Health>): Promise<Health> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<Health>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, { ok: false, why: 'does not answer' });
  });
  const answer = check().catch((): Health => ({ ok: false, why: 'cannot be reached' }));
  return Promise.race([answer, impatience]).finally(() => clearTimeout(timer));
}

/** What a proxy on this machine forwards comes from elsewhere. */
const isFromThisMachine = ({ socket, headers }: FastifyRequest): boolean =>
  /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(socket.remoteAddress ?? '') &&
  headers['x-forwarded-for'] === undefined &&
  headers.forwarded === undefined;
