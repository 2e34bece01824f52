import type { Temporal } from 'temporal-polyfill';
import type { KeepDays } from '#pact/retention.ts';
import type { Clock } from '#platform/clock.ts';
import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import { createOutageLog } from '#platform/outage-log.ts';
import type { Service } from '#platform/service.ts';
import { sleep } from '#platform/sleep.ts';
import { advanceDueAlerts } from '#store/alert/change-alert.ts';
import { findNextDue } from '#store/alert/next-due.ts';
import type { AuditProblem } from '#store/audit/audit-work.ts';
import type { Db } from '#store/database.ts';
import { createHeartbeat } from './heartbeat.ts';
import {
  type JobName,
  type JobQueue,
  type JobWorker,
  openWorker,
  prepareJobs,
  type QueueConfig,
} from './job-queue.ts';
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

const BATCH = 500;

/**
 * Walks the ladders. The database holds every next step and every message to send; a job only wakes the
 * handler at the right moment, and a sweep finds what no job came for (invariant 9). Both run the same code,
 * so that any job may be lost, doubled, late or early.
 */
export function createEscalation(config: EscalationConfig, ports: EscalationPorts): Escalation {
  const { db, clock, logger, queue } = ports;
  const outage = createOutageLog(logger, 'escalation.sweep');
  let ending = new AbortController();
  let worker: JobWorker | undefined;
  let loop: Promise<void> = Promise.resolve();
  let lastSweepAt: Temporal.Instant | undefined;
  let beating: Promise<void> | undefined;

  const watch = createWatch(ports);
  const heartbeat = createHeartbeat(config, ports);

  const handlers: Record<JobName, () => Promise<void>> = {
    async advance() {
      for (let taken = BATCH; taken === BATCH; ) taken = await advanceDueAlerts(db, clock.now(), BATCH);
      await handlers.deliver();
    },
    async deliver() {
      while ((await ports.deliverDue()) > 0 && !ending.signal.aborted);
      await setAlarms();
    },
  };

  /** One delayed job for each coming moment; its key makes a second request for the same moment harmless. */
  const setAlarms = async (): Promise<void> => {
    const { step, message } = await findNextDue(db);
    try {
      if (step) await queue.add('advance', keyOf(step), delayUntil(step));
      if (message) await queue.add('deliver', keyOf(message), delayUntil(message));
    } catch (error) {
      // The work itself is done; until the queue is back the sweep finds what is due.
      logger.warn({ event: 'escalation.alarms-not-set', why: reasonOf(error) });
    }
  };
  const delayUntil = (at: Temporal.Instant) =>
    clock.toWallMilliseconds(Math.max(0, at.epochMilliseconds - clock.now().epochMilliseconds));

  const reconcile = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        await handlers.advance();
        if (await watch.run()) await handlers.deliver();
        lastSweepAt = clock.now();
        outage.succeeded();
        // Not waited for: a monitor that is slow holds up no page.
        beating ??= heartbeat
          .beat(ending.signal)
          .catch(warnOfBeat)
          .finally(() => {
            beating = undefined;
          });
      } catch (error) {
        outage.failed(error);
      }
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
      await prepareJobs(config);
      worker = openWorker(config, (name) => handlers[name](), onError);
      loop = reconcile();
    },
    async stop() {
      ending.abort();
      await loop;
      await beating;
      await worker?.close();
    },
  };
}

const keyOf = (at: Temporal.Instant) => `at-${at.epochMilliseconds}`;
