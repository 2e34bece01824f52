import { setTimeout as wait } from 'node:timers/promises';
import type { OutageLog } from '#platform/outage-log.ts';
import { sleep } from '#platform/sleep.ts';
import { prepareJobs, type QueueConfig } from './job-queue.ts';
import { isRedisAway } from './redis.ts';

/** Wall milliseconds between two looks for a Redis that is away. */
const LOOK_EVERY_MS = 1_000;
const MOST_STOP_MS = 1_500;

export type Opening = {
  /** Gives up where it still waits. */
  stop(): Promise<void>;
};

/**
 * Opens what works with the jobs once their home is ready. A Redis that is away holds up nobody's start, or a process
 * that dies beside it would page nobody: the sweep does the work meanwhile, and the jobs join it when Redis has come.
 * @throws PactError as `prepareJobs` does, but for a Redis that does not answer
 */
export async function openWhenReady(
  config: QueueConfig,
  open: () => Promise<void>,
  outage: OutageLog,
): Promise<Opening> {
  const ending = new AbortController();
  const attempt = async (redisPatienceMs: number): Promise<void> => {
    await prepareJobs({ ...config, redisPatienceMs });
    if (!ending.signal.aborted) await open();
    outage.succeeded();
  };
  const retry = async (): Promise<void> => {
    for (let isOpen = false; !isOpen && !ending.signal.aborted; ) {
      await sleep(LOOK_EVERY_MS, ending.signal);
      isOpen = await attempt(0).then(
        () => true,
        (error: unknown) => {
          outage.failed(error);
          return false;
        },
      );
    }
  };

  let retrying = Promise.resolve();
  try {
    await attempt(config.redisPatienceMs);
  } catch (error) {
    if (!isRedisAway(error)) throw error;
    outage.failed(error);
    retrying = retry();
  }
  return {
    async stop() {
      ending.abort();
      // A network that swallows everything answers no sooner because we are in a hurry.
      await Promise.race([retrying, wait(MOST_STOP_MS, undefined, { ref: false })]);
    },
  };
}
