import type { Temporal } from 'temporal-polyfill';
import { SETTLE_MS } from '#pact/verdict.ts';
import type { Clock } from '#platform/clock.ts';
import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import { createOutageLog } from '#platform/outage-log.ts';
import type { Service } from '#platform/service.ts';
import { sleep } from '#platform/sleep.ts';
import { EVENT_CHANNEL } from '#store/change-feed.ts';
import type { Db } from '#store/database.ts';
import { type Listener, listen } from '#store/listen.ts';
import { findNextDeadline } from '#store/pact-day/find-next-deadline.ts';
import { createSweep, type SweepConfig } from './sweep.ts';

export type RulesConfig = SweepConfig & {
  connectionString: string;
  /** Wall milliseconds between two sweeps. */
  sweepEveryMs: number;
};

export type RulesPorts = {
  db: Db;
  clock: Clock;
  logger: Logger;
  /** Called when alerts were opened or changed, so that their pages leave at once. */
  wake(): void;
};

export type Rules = Service & {
  /** When the last sweep went through, by the clock. */
  lastSweepAt(): Temporal.Instant | undefined;
};

/**
 * Opens the days, judges deadlines, weighs what the broker stored and watches the sensors. A sweep comes at
 * a fixed pace and whenever the broker says that it stored something; one at a time in a process, any number
 * of processes.
 */
export function createRules(config: RulesConfig, ports: RulesPorts): Rules {
  const sweep = createSweep(config, ports);
  const outage = createOutageLog(ports.logger, 'rules.sweep');
  let ending = new AbortController();
  let nudge = Promise.withResolvers<void>();
  let loop: Promise<void> = Promise.resolve();
  let listener: Listener | undefined;
  let lastSweepAt: Temporal.Instant | undefined;

  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      nudge = Promise.withResolvers<void>();
      try {
        await sweep();
        lastSweepAt = ports.clock.now();
        outage.succeeded();
      } catch (error) {
        // The next sweep finds whatever this one left.
        outage.failed(error);
      }
      await Promise.race([sleep(await untilNext(), ending.signal), nudge.promise]);
    }
  };

  /** The sweep itself tells when the database is away. */
  const reportWith = (error: unknown): undefined => {
    ports.logger.debug({ event: 'rules.next-deadline-unknown', why: reasonOf(error) });
    return undefined;
  };

  /** Wall milliseconds until a deadline may be judged, where that comes before the next sweep: pages do not wait for its pace. */
  const untilNext = async (): Promise<number> => {
    const now = ports.clock.now();
    const settled = now.subtract({ milliseconds: SETTLE_MS });
    const deadline = await findNextDeadline(ports.db, settled).catch(reportWith);
    if (!deadline) return config.sweepEveryMs;
    const dueInMs = deadline.epochMilliseconds - settled.epochMilliseconds;
    return Math.min(config.sweepEveryMs, Math.max(1, Math.ceil(ports.clock.toWallMilliseconds(dueInMs))));
  };

  return {
    name: 'rules',
    lastSweepAt: () => lastSweepAt,
    async start() {
      ending = new AbortController();
      listener = listen({
        connectionString: config.connectionString,
        channel: EVENT_CHANNEL,
        onNotice: () => nudge.resolve(),
        onGap: () => nudge.resolve(),
        onError: (error) => ports.logger.warn({ event: 'rules.listen-failed', why: reasonOf(error) }),
      });
      loop = run();
    },
    async stop() {
      ending.abort();
      nudge.resolve();
      await loop;
      await listener?.stop();
    },
  };
}
