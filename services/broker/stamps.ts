import type { Clock } from '#platform/clock.ts';
import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';

/** Milliseconds of clock time between two stamps. */
const EVERY_MS = 2_000;
/** A clock of the demo may run a hundred times as fast as the wall. */
const LEAST_WALL_MS = 50;

type Ports = {
  touch: () => Promise<void>;
  clock: Clock;
  logger: Logger;
  /** How long the oldest message has waited for its commit. */
  heldMs: () => number;
};

export type Stamps = {
  /** Stamps now; resolves also when that failed. */
  stamp(): Promise<void>;
  stop(): void;
};

/**
 * Says every two seconds that intake works, so that rules can tell a time in which nobody sent from one in
 * which nobody could. While messages wait for their commit it says nothing.
 */
export function startStamps(ports: Ports): Stamps {
  const everyMs = Math.max(ports.clock.toWallMilliseconds(EVERY_MS), LEAST_WALL_MS);
  let stopped = false;
  let stamping: Promise<void> | undefined;
  let failed = false;

  function stamp(): Promise<void> {
    if (stopped || ports.heldMs() > everyMs) return Promise.resolve();
    stamping ??= touch().finally(() => {
      stamping = undefined;
    });
    return stamping;
  }

  async function touch(): Promise<void> {
    try {
      await ports.touch();
      failed = false;
    } catch (error) {
      if (!failed && !stopped) ports.logger.warn({ event: 'broker.mark-not-stamped', why: reasonOf(error) });
      failed = true;
    }
  }

  const timer = setInterval(() => void stamp(), everyMs);
  void stamp();
  return {
    stamp,
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}
