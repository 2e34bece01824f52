import type { Temporal } from 'temporal-polyfill';
import { type Clock, speedOf } from '#platform/clock.ts';
import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import { type AuditProblem, auditWork } from '#store/audit/audit-work.ts';
import type { Db } from '#store/database.ts';

export type HeartbeatConfig = {
  heartbeatUrl?: string | undefined;
  gapMs?: number;
};

export type HeartbeatPorts = {
  db: Db;
  clock: Clock;
  logger: Logger;
  /** Told what became of each call to the monitor. */
  onCalled?: (outcome: 'sent' | 'refused' | 'failed') => void;
};

export type Heartbeat = {
  /** Audits, and tells the monitor when all is well; a monitor that does not answer is no fault of ours. */
  beat(signal: AbortSignal): Promise<void>;
  problems(): readonly AuditProblem[] | undefined;
};

/** Wall milliseconds between two calls. */
const EVERY_MS = 30_000;
const PATIENCE_MS = 5_000;
/** Wall milliseconds that what is due may wait: twice a message's lease, so that one lost process is no alarm. */
const OVERDUE_MS = 60_000;
const GAP_MS = 10_000;
const GAPS_TOLERATED = 3;

/** Says outside that we are here and have missed nothing, so that our silence is heard. */
export function createHeartbeat(
  { heartbeatUrl, gapMs = GAP_MS }: HeartbeatConfig,
  { db, clock, logger, onCalled = () => {} }: HeartbeatPorts,
): Heartbeat {
  let found: readonly AuditProblem[] | undefined;
  let calledAt = Number.NEGATIVE_INFINITY;

  let unopenedSince: Temporal.Instant | undefined;

  const audit = async (): Promise<AuditProblem[]> => {
    const now = clock.now();
    const overdueMs = OVERDUE_MS * speedOf(clock);
    const problems = await auditWork(db, now, { overdueMs, gapMs: gapMs * GAPS_TOLERATED });
    // Whoever has just started opens them in a moment.
    const isUnopened = problems.some(({ what }) => what === 'days_unopened');
    unopenedSince = isUnopened ? (unopenedSince ?? now) : undefined;
    const isOverdue = unopenedSince && Math.abs(unopenedSince.until(now).total('milliseconds')) >= overdueMs;
    return problems.filter(({ what }) => what !== 'days_unopened' || isOverdue);
  };

  const call = async (url: string, signal: AbortSignal) => {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const response = await fetch(url, { redirect: 'error', signal: patience });
    await response.body?.cancel();
    onCalled(response.ok ? 'sent' : 'refused');
    if (!response.ok) logger.warn({ event: 'heartbeat.refused', status: response.status });
  };

  return {
    problems: () => found,
    async beat(signal) {
      const known = (found ?? []).map(({ what }) => what).join();
      const problems = await audit();
      found = problems;
      if (problems.length > 0) {
        if (problems.map(({ what }) => what).join() !== known)
          logger.error({ event: 'audit.failed', problems });
        return;
      }
      if (known) logger.info({ event: 'audit.passed' });
      if (!heartbeatUrl || performance.now() - calledAt < EVERY_MS) return;
      calledAt = performance.now();
      try {
        await call(heartbeatUrl, signal);
      } catch (error) {
        // The address is a secret of its own kind: whoever has it can keep the monitor quiet.
        if (signal.aborted) return;
        onCalled('failed');
        logger.warn({ event: 'heartbeat.failed', why: reasonOf(error) });
      }
    },
  };
}
