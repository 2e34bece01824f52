import type { Config } from './config.ts';
import type { Logger } from './logger.ts';

/** Words and numbers of ours, never of a person: ids, counts, kinds. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Something that has begun and whose end comes from elsewhere. */
export type OpenSpan = {
  /** Runs `work` inside of it. */
  run<T>(work: () => T): T;
  end(isWell: boolean, attributes?: Attributes): void;
};

/** What a tracer can do; `open-telemetry.ts` is the one that there is. */
export type Tracer = {
  span<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T>;
  alertSpan<T>(
    name: string,
    alertIds: readonly string[],
    attributes: Attributes,
    work: () => Promise<T>,
  ): Promise<T>;
  markAlert(alertId: string, name: string, attributes: Attributes): void;
  noteChild(name: string, milliseconds: number, attributes: Attributes): void;
  noteApart(name: string, milliseconds: number, attributes: Attributes): void;
  open(name: string, attributes: Attributes): OpenSpan;
  stop(): Promise<void>;
};

/** One for the process, as the log is; undefined while tracing is off. */
let tracer: Tracer | undefined;

/** Starts tracing where the settings name a collector; nothing of OpenTelemetry is loaded otherwise. */
export async function startTracing(
  tracing: Config['tracing'],
  { services, logger }: { services: readonly string[]; logger: Logger },
): Promise<{ stop(): Promise<void> }> {
  if (!tracing) return { stop: async () => undefined };
  const { createTracer } = await import('./open-telemetry.ts');
  const started = createTracer(tracing, { services, logger });
  tracer = started;
  return {
    async stop() {
      if (tracer === started) tracer = undefined;
      await started.stop();
    },
  };
}

export const isTracing = (): boolean => tracer !== undefined;

/**
 * Runs `work` as a span of whatever runs now. What it marks of alerts is told once it has succeeded, and not at all
 * where it failed: its transaction was taken back then.
 */
export const withSpan = <T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> =>
  tracer ? tracer.span(name, attributes, work) : work();

/** Runs `work` as a span in the trace of the first of these alerts, linked to the others; of none, as `withSpan` does. */
export const withAlertSpan = <T>(
  name: string,
  alertIds: readonly string[],
  attributes: Attributes,
  work: () => Promise<T>,
): Promise<T> => (tracer ? tracer.alertSpan(name, alertIds, attributes, work) : work());

/** Notes in an alert's trace that something has become of it. */
export const markAlert = (alertId: string, name: string, attributes: Attributes = {}): void =>
  tracer?.markAlert(alertId, name, attributes);

/** Notes something that has just ended, as a part of what runs now; not at all where nothing does. */
export const noteChild = (name: string, milliseconds: number, attributes: Attributes): void =>
  tracer?.noteChild(name, milliseconds, attributes);

/** Notes something that has just ended as a trace of its own, linked to what runs now. */
export const noteApart = (name: string, milliseconds: number, attributes: Attributes): void =>
  tracer?.noteApart(name, milliseconds, attributes);

/** Begins a span that something else ends; undefined while tracing is off. */
export const openSpan = (name: string, attributes: Attributes): OpenSpan | undefined =>
  tracer?.open(name, attributes);
