import { randomUUID } from 'node:crypto';
import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import { createOutageLog } from '#platform/outage-log.ts';
import type { Service } from '#platform/service.ts';
import { type JobQueue, openQueue, type QueueConfig } from './job-queue.ts';
import { type Opening, openWhenReady } from './open-when-ready.ts';

export type Alarm = Service & {
  readonly queue: JobQueue;
  /** "Something is due now": wakes an escalation worker, wherever it runs. Losing it costs one sweep's wait. */
  wake(): void;
};

/** The way to wake escalation, for every process that changes alerts. Calls within 10 ms are one. */
export function createAlarm(config: QueueConfig, logger: Logger): Alarm {
  let opened: JobQueue | undefined;
  let opening: Opening | undefined;
  let pending: NodeJS.Timeout | undefined;

  const warn = (error: unknown) => logger.warn({ event: 'escalation.wake-failed', why: reasonOf(error) });
  const queue: JobQueue = {
    async add(name, key, delayMs) {
      await opened?.add(name, key, delayMs);
    },
    async ping() {
      if (!opened) throw new Error('the queue is not open');
      await opened.ping();
    },
    async close() {
      await opened?.close();
    },
  };

  return {
    name: 'alarm',
    queue,
    wake() {
      pending ??= setTimeout(() => {
        pending = undefined;
        queue.add('advance', `now-${randomUUID()}`, 0).catch(warn);
      }, 10);
    },
    async start() {
      const open = async () => {
        opened = await openQueue(config, warn);
      };
      opening = await openWhenReady(config, open, createOutageLog(logger, 'escalation.queue'));
    },
    async stop() {
      clearTimeout(pending);
      await opening?.stop();
      await opened?.close();
      opened = undefined;
    },
  };
}
