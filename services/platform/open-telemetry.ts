import { AsyncLocalStorage } from 'node:async_hooks';
import { hostname } from 'node:os';
import {
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Config } from './config.ts';
import type { Logger } from './logger.ts';
import { createOutageLog, type OutageLog } from './outage-log.ts';
import type { Attributes, OpenSpan, Tracer } from './tracing.ts';

/** Wall milliseconds that the end of a process waits for the collector. */
const GOODBYE_MS = 1_000;
/** Wall milliseconds that one export may take; meanwhile the next spans wait, and too many of them are dropped. */
const PATIENCE_MS = 5_000;

type Mark = { alertId: string; name: string; attributes: Attributes; at: number };
type Scope = { span: Span; marks: Mark[] };

/**
 * Spans by OpenTelemetry, sent to the collector in batches beside the work: one that is slow or away costs spans and
 * nothing else. An alert's trace has the alert's own id, so that every process adds to it without being told of it.
 */
export function createTracer(
  { endpoint, serviceName, headers, ratio }: NonNullable<Config['tracing']>,
  { services, logger }: { services: readonly string[]; logger: Logger },
): Tracer {
  const ids = createIds();
  const exporter = new OTLPTraceExporter({ url: endpoint, headers, timeoutMillis: PATIENCE_MS });
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({
        'service.name': serviceName,
        'service.instance.id': `${hostname()}/${process.pid}`,
        'pact.services': services.join(','),
      }),
    ),
    // By the trace's id alone, so that all processes keep or leave out the same alerts.
    sampler: new TraceIdRatioBasedSampler(ratio),
    idGenerator: ids,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: telling(exporter, createOutageLog(logger, 'tracing.export')),
        exportTimeoutMillis: PATIENCE_MS,
      }),
    ],
  });
  const otel = provider.getTracer('curtain-pact');
  const scopes = new AsyncLocalStorage<Scope>();

  const here = (): Context => {
    const scope = scopes.getStore();
    return scope ? trace.setSpan(ROOT_CONTEXT, scope.span) : ROOT_CONTEXT;
  };
  const linkHere = (): Link[] => {
    const scope = scopes.getStore();
    return scope ? [{ context: scope.span.spanContext() }] : [];
  };

  const tell = ({ alertId, name, attributes, at }: Mark, links: Link[]): void => {
    const options = { startTime: at, links, attributes: { ...attributes, 'pact.alert': alertId } };
    const root = rootOf(alertId);
    const span =
      name === OPENED
        ? ids.as(root, () => otel.startSpan(name, { ...options, root: true }, ROOT_CONTEXT))
        : otel.startSpan(name, options, trace.setSpanContext(ROOT_CONTEXT, root));
    span.end(at);
  };
  const finish = ({ span, marks }: Scope, isWell: boolean): void => {
    if (isWell) for (const mark of marks) tell(mark, [{ context: span.spanContext() }]);
    else span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  };
  const runIn = async <T>(span: Span, work: () => Promise<T>): Promise<T> => {
    const scope: Scope = { span, marks: [] };
    try {
      const result = await scopes.run(scope, work);
      finish(scope, true);
      return result;
    } catch (error) {
      // What went wrong is in the log, where personal data is kept out.
      finish(scope, false);
      throw error;
    }
  };

  return {
    span: (name, attributes, work) => runIn(otel.startSpan(name, { attributes }, here()), work),
    alertSpan(name, alertIds, attributes, work) {
      const [first, ...others] = alertIds;
      if (first === undefined) return runIn(otel.startSpan(name, { attributes }, here()), work);
      const links = [...linkHere(), ...others.map((id) => ({ context: rootOf(id) }))];
      const options = { links, attributes: { ...attributes, 'pact.alert': first } };
      return runIn(otel.startSpan(name, options, trace.setSpanContext(ROOT_CONTEXT, rootOf(first))), work);
    },
    markAlert(alertId, name, attributes) {
      const mark = { alertId, name, attributes, at: Date.now() };
      const scope = scopes.getStore();
      if (scope) scope.marks.push(mark);
      else tell(mark, []);
    },
    noteChild(name, milliseconds, attributes) {
      if (scopes.getStore())
        otel.startSpan(name, { attributes, startTime: Date.now() - milliseconds }, here()).end();
    },
    noteApart(name, milliseconds, attributes) {
      const options = { attributes, links: linkHere(), startTime: Date.now() - milliseconds, root: true };
      otel.startSpan(name, options, ROOT_CONTEXT).end();
    },
    open(name, attributes): OpenSpan {
      const scope: Scope = { span: otel.startSpan(name, { attributes }, here()), marks: [] };
      return {
        run: (work) => scopes.run(scope, work),
        end(isWell, more = {}) {
          scope.span.setAttributes(more);
          finish(scope, isWell);
        },
      };
    },
    async stop() {
      let timer: NodeJS.Timeout | undefined;
      const impatience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, GOODBYE_MS);
      });
      // Whether the last spans arrived is told by the exporter.
      const goodbye = provider.shutdown().catch(() => undefined);
      await Promise.race([goodbye, impatience]).finally(() => clearTimeout(timer));
    },
  };
}

const OPENED = 'alert.opened';

/** An alert's id is as long as a trace's; the first span in it has the first half of it. */
function rootOf(alertId: string): SpanContext {
  const hex = alertId.replaceAll('-', '');
  return { traceId: hex, spanId: hex.slice(0, 16), traceFlags: TraceFlags.SAMPLED, isRemote: true };
}

/** Random ids, but for a span that must have those of its alert. */
function createIds(): IdGenerator & { as<T>(ids: SpanContext, start: () => T): T } {
  const random = new RandomIdGenerator();
  let wanted: SpanContext | undefined;
  return {
    generateTraceId: () => wanted?.traceId ?? random.generateTraceId(),
    generateSpanId: () => wanted?.spanId ?? random.generateSpanId(),
    as(ids, start) {
      wanted = ids;
      try {
        return start();
      } finally {
        wanted = undefined;
      }
    },
  };
}

/** The same exporter, which says in the log when the collector is away. */
const telling = (exporter: SpanExporter, outage: OutageLog): SpanExporter => ({
  export(spans, done) {
    exporter.export(spans, (result) => {
      if (result.error) outage.failed(result.error);
      else outage.succeeded();
      done(result);
    });
  },
  shutdown: () => exporter.shutdown(),
});
