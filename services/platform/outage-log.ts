import { reasonOf } from './errors.ts';
import type { Logger } from './logger.ts';

const EVERY_MS = 30_000;

/** Says in the log that something fails again and again, without saying it every time. */
export type OutageLog = {
  failed(error: unknown): void;
  succeeded(): void;
};

/**
 * The first failure is logged at once as `<event>-failed`, the next ones together every half minute with their
 * count, and their end as `<event>-recovered`.
 * @param now monotonic milliseconds
 */
export function createOutageLog(logger: Logger, event: string, now = () => performance.now()): OutageLog {
  let outage: { since: number; saidAt: number; failures: number } | undefined;
  return {
    failed(error) {
      const at = now();
      outage ??= { since: at, saidAt: Number.NEGATIVE_INFINITY, failures: 0 };
      outage.failures += 1;
      if (at - outage.saidAt < EVERY_MS) return;
      outage.saidAt = at;
      const { failures, since } = outage;
      const forMs = Math.round(at - since);
      logger.error({ event: `${event}-failed`, why: reasonOf(error), failures, forMs });
    },
    succeeded() {
      if (!outage) return;
      const { failures, since } = outage;
      outage = undefined;
      logger.info({ event: `${event}-recovered`, failures, afterMs: Math.round(now() - since) });
    },
  };
}
