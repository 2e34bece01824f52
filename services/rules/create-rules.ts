import { Registry } from 'prom-client';
import type { Temporal } from 'temporal-polyfill';
import { SETTLE_MS } from '#pact/verdict.ts';
import type { Clock } from '#platform/clock.ts';
import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import { createMeters } from '#platform/metrics.ts';
import { createOutageLog } from '#platform/outage-log.ts';
import type { Service } from '#platform/service.ts';
import { sleep } from '#platform/sleep.ts';
import { withSpan } from '#platform/tracing.ts';
import { EVENT_CHANNEL } from '#store/change-feed.ts';
import type { Db } from '#store/database.ts';
import { type Listener, listen } from '#store/listen.ts';
import { RULES_METRICS } from './metrics.ts';
import { createSweep, type SweepConfig, type SweepReport } from './sweep.ts';

export type RulesConfig = SweepConfig & {
  connectionString: string;
  /** Wall milliseconds between two sweeps. */
  sweepEveryMs: number;
};

export type RulesPorts = {
  db: Db;
  clock: Clock;
  logger: Logger;
  /** Where it counts what it does. */
  registry?: Registry;
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
  const meters = createMeters(ports.registry ?? new Registry(), RULES_METRICS);
  const outage = createOutageLog(ports.logger, 'rules.sweep');
  let ending = new AbortController();
  let nudge = Promise.withResolvers<void>();
  let loop: Promise<void> = Promise.resolve();
  let listener: Listener | undefined;
  let lastSweepAt: Temporal.Instant | undefined;

  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      nudge = Promise.withResolvers<void>();
      const startedAt = performance.now();
      let restMs = config.sweepEveryMs;
      try {
        const report = await withSpan('rules.sweep', {}, sweep);
        count(report);
        restMs = restAfter(report);
        lastSweepAt = ports.clock.now();
        outage.succeeded();
      } catch (error) {
        // The next sweep finds whatever this one left.
        meters.sweeps.add(1, { outcome: 'failed' });
        outage.failed(error);
      }
      meters.sweepSeconds.observe((performance.now() - startedAt) / 1_000);
      await Promise.race([sleep(restMs, ending.signal), nudge.promise]);
    }
  };

  const count = ({ opened, judged, alerts, weighed, isCatchingUp }: SweepReport): void => {
    meters.sweeps.add(1, { outcome: 'done' });
    meters.opened.add(opened);
    meters.judged.add(judged);
    meters.alerts.add(alerts);
    meters.weighed.add(weighed);
    meters.catchingUp.set(Number(isCatchingUp));
  };

  /** Wall milliseconds until a deadline may be judged, where that comes before the next sweep: pages do not wait for its pace. */
  const restAfter = ({ nextDeadlineAt }: SweepReport): number => {
    if (!nextDeadlineAt) return config.sweepEveryMs;
    const dueInMs = nextDeadlineAt.epochMilliseconds + SETTLE_MS - ports.clock.now().epochMilliseconds;
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
