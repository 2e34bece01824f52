import { Registry } from 'prom-client';
import type { Temporal } from 'temporal-polyfill';
import type { KeepDays } from '#pact/retention.ts';
import type { Clock } from '#platform/clock.ts';
import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import { createMeters } from '#platform/metrics.ts';
import { createOutageLog } from '#platform/outage-log.ts';
import { createPace } from '#platform/pace.ts';
import type { Service } from '#platform/service.ts';
import { sleep } from '#platform/sleep.ts';
import { withSpan } from '#platform/tracing.ts';
import { advanceDueAlerts } from '#store/alert/change-alert.ts';
import type { NextDue } from '#store/alert/next-due.ts';
import type { AuditProblem } from '#store/audit/audit-work.ts';
import type { Db } from '#store/database.ts';
import { touchWatermark } from '#store/watermark.ts';
import { createHeartbeat } from './heartbeat.ts';
import { type JobName, type JobQueue, type JobWorker, openWorker, type QueueConfig } from './job-queue.ts';
import { ESCALATION_METRICS } from './metrics.ts';
import { type Opening, openWhenReady } from './open-when-ready.ts';
import { deliverAll, type Tending, tendLadders } from './tend-ladders.ts';
import { createWatch } from './watch.ts';

export type EscalationConfig = QueueConfig & {
  /** Wall milliseconds between two reconciling sweeps. */
  sweepEveryMs: number;
  heartbeatUrl?: string | undefined;
  /** Clock milliseconds that a part may be silent before it counts as gone. */
  gapMs?: number;
};

export type EscalationPorts = {
  db: Db;
  clock: Clock;
  logger: Logger;
  /** Where it counts what it does. */
  registry?: Registry;
  queue: JobQueue;
  publicUrl?: string | undefined;
  /** For how long what is kept. */
  keep?: KeepDays;
  /** Lines for the terminal, where somebody must act by hand. */
  print?: (line: string) => void;
  /** Sends messages that are due; the count of those it took. */
  deliverDue(): Promise<number>;
};

export type Escalation = Service & {
  /** What the audit after the last sweep found wrong; undefined before the first one. */
  problems(): readonly AuditProblem[] | undefined;
  lastSweepAt(): Temporal.Instant | undefined;
};

/**
 * Walks the ladders. The database holds every next step and every message to send; a job only wakes the
 * handler at the right moment, and a sweep finds what no job came for (invariant 9). Both run the same code,
 * so that any job may be lost, doubled, late or early.
 */
export function createEscalation(config: EscalationConfig, ports: EscalationPorts): Escalation {
  const { db, clock, logger, queue } = ports;
  const meters = createMeters(ports.registry ?? new Registry(), ESCALATION_METRICS);
  const outage = createOutageLog(logger, 'escalation.sweep');
  let ending = new AbortController();
  let worker: JobWorker | undefined;
  let opening: Opening | undefined;
  let loop: Promise<void> = Promise.resolve();
  let lastSweepAt: Temporal.Instant | undefined;
  let beating: Promise<void> | undefined;

  const watch = createWatch({
    ...ports,
    onFailed: (part) => meters.watchFailures.add(1, { part }),
  });
  const heartbeat = createHeartbeat(config, {
    ...ports,
    onCalled: (outcome) => meters.heartbeats.add(1, { outcome }),
  });
  const marks = createPace(MARK_EVERY_MS);
  meters.auditProblems.readBy(() => {
    for (const what of ESCALATION_METRICS.auditProblems.labels.what) {
      const found = heartbeat.problems()?.find((problem) => problem.what === what);
      meters.auditProblems.set(found?.count ?? 0, { what });
    }
  });

  const tendingOf = (by: 'job' | 'sweep'): Tending => ({
    ...{ db, clock, deliverDue: ports.deliverDue, signal: ending.signal },
    async advance(...due) {
      const taken = await withSpan('escalation.advance', { by }, () => advanceDueAlerts(...due));
      meters.steps.add(taken, { by });
      return taken;
    },
  });
  const advance = async (by: 'job' | 'sweep') => setAlarms(await tendLadders(tendingOf(by)));
  const deliver = async () => setAlarms(await deliverAll(tendingOf('job')));
  const handlers: Record<JobName, () => Promise<void>> = { advance: () => advance('job'), deliver };
  const runJob = async (job: JobName): Promise<void> => {
    try {
      await handlers[job]();
      meters.jobs.add(1, { job, outcome: 'done' });
    } catch (error) {
      meters.jobs.add(1, { job, outcome: 'failed' });
      throw error;
    }
  };

  /** One delayed job for each coming moment; its key makes a second request for the same moment harmless. */
  const setAlarms = async ({ step, message }: NextDue): Promise<void> => {
    try {
      if (step) await queue.add('advance', keyOf(step), delayUntil(step));
      if (message) await queue.add('deliver', keyOf(message), delayUntil(message));
    } catch (error) {
      // The work itself is done; until the queue is back the sweep finds what is due.
      meters.alarmsFailed.add(1);
      logger.warn({ event: 'escalation.alarms-not-set', why: reasonOf(error) });
    }
  };
  const delayUntil = (at: Temporal.Instant) =>
    clock.toWallMilliseconds(Math.max(0, at.epochMilliseconds - clock.now().epochMilliseconds));

  const reconcile = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const startedAt = performance.now();
      try {
        await advance('sweep');
        if (await watch.run()) await deliver();
        lastSweepAt = clock.now();
        if (marks(lastSweepAt)) await touchWatermark(db, 'escalation', clock, MARK_EVERY_MS);
        meters.sweeps.add(1, { outcome: 'done' });
        outage.succeeded();
        // Not waited for: a monitor that is slow holds up no page.
        beating ??= heartbeat
          .beat(ending.signal)
          .catch(warnOfBeat)
          .finally(() => {
            beating = undefined;
          });
      } catch (error) {
        meters.sweeps.add(1, { outcome: 'failed' });
        outage.failed(error);
      }
      meters.sweepSeconds.observe((performance.now() - startedAt) / 1_000);
      await sleep(config.sweepEveryMs, ending.signal);
    }
  };

  const warnOfBeat = (error: unknown) => logger.warn({ event: 'audit.not-done', why: reasonOf(error) });
  const onError = (error: Error) => logger.warn({ event: 'escalation.queue-error', why: reasonOf(error) });

  return {
    name: 'escalation',
    lastSweepAt: () => lastSweepAt,
    problems: heartbeat.problems,
    async start() {
      ending = new AbortController();
      const open = async () => {
        worker = await openWorker(config, runJob, onError);
      };
      opening = await openWhenReady(config, open, createOutageLog(logger, 'escalation.worker'));
      loop = reconcile();
    },
    async stop() {
      ending.abort();
      // At once: on lines that are dead each of them takes its time.
      await Promise.all([loop, opening?.stop().then(() => worker?.close())]);
      await beating;
    },
  };
}

/** Clock time between two marks by which a check-up sees that we are at work. */
const MARK_EVERY_MS = 10_000;

const keyOf = (at: Temporal.Instant) => `at-${at.epochMilliseconds}`;
