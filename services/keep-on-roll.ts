import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/logger.ts';
import { createOutageLog } from '#platform/outage-log.ts';
import type { Service } from '#platform/service.ts';
import { sleep } from '#platform/sleep.ts';
import type { Db } from '#store/database.ts';
import { dismissProcess, enrolProcess } from '#store/process/process-roll.ts';

/** Wall milliseconds between two signs of life; the check-up misses a process after four. */
const EVERY_MS = 10_000;

/** Keeps this process on the roll by which the check-up knows that one of several has died. */
export function keepOnRoll(
  services: readonly string[],
  { db, clock, logger }: { db: Db; clock: Clock; logger: Logger },
): Service {
  const introduction = { id: randomUUID(), host: hostname(), pid: process.pid, services };
  const outage = createOutageLog(logger, 'process.roll');
  const ending = new AbortController();
  let keeping = Promise.resolve();
  const keep = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await enrolProcess(db, introduction, clock.now()).then(outage.succeeded, outage.failed);
      await sleep(EVERY_MS, ending.signal);
    }
  };
  return {
    name: 'process roll',
    async start() {
      keeping = keep();
    },
    async stop() {
      if (ending.signal.aborted) return;
      ending.abort();
      await keeping;
      // Who cannot say goodbye is missed, as one that died: the database is away, and the check-up says so first.
      await dismissProcess(db, introduction.id, clock.now()).catch(outage.failed);
    },
  };
}
