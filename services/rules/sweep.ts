import type { Temporal } from 'temporal-polyfill';
import type { Clock } from '#platform/clock.ts';
import { createPace } from '#platform/pace.ts';
import { keepCanaries } from '#store/canary/keep-canaries.ts';
import { openCareDays } from '#store/care/open-care.ts';
import { tendCare } from '#store/care/settle-care.ts';
import { watchDrifts } from '#store/care/watch-drifts.ts';
import type { Db } from '#store/database.ts';
import { watchCommissionings } from '#store/enrolment/commissioning.ts';
import { judgeDueDays } from '#store/pact-day/judge-due-days.ts';
import { isOpeningAwaited, openDays, refreshStaleDays } from '#store/pact-day/open-days.ts';
import { watchRhythm } from '#store/pact-day/watch-rhythm.ts';
import { weighSignals } from '#store/pact-day/weigh-signals.ts';
import { forgetBrokers } from '#store/sensor/broker-presence.ts';
import { watchSensors } from '#store/ticket/watch-sensors.ts';
import { findGaps, touchWatermark } from '#store/watermark.ts';

export type SweepConfig = {
  /** A hole of more than this many clock milliseconds between two marks counts as downtime. */
  gapMs: number;
};

export type SweepPorts = { db: Db; clock: Clock; wake(): void };

const BATCH = 500;
const OPEN_EVERY_MS = 60_000;
const CANARIES_EVERY_MS = 600_000;
const WATCH_EVERY_MS = 10_000;
const MARK_EVERY_MS = 2_000;
/** A broker that has been silent for so many gaps is gone. */
const BROKER_GAPS = 3;

/** What one sweep did, for those who drive it by hand. */
export type SweepReport = { opened: number; judged: number; alerts: number; weighed: number };

/**
 * One round of everything that rules owes. The mark comes first, so that a hole in it is known before a
 * deadline is judged; signals come before deadlines, so that a proof in hand is never judged a miss.
 */
export function createSweep(
  config: SweepConfig,
  { db, clock, wake }: SweepPorts,
): () => Promise<SweepReport> {
  const markDue = createPace(MARK_EVERY_MS);
  const openDue = createPace(OPEN_EVERY_MS);
  const careDue = createPace(OPEN_EVERY_MS);
  const canariesDue = createPace(CANARIES_EVERY_MS);
  const watchDue = createPace(WATCH_EVERY_MS);
  let rhythmsLeft = false;
  let driftsLeft = false;

  return async () => {
    const now = clock.now();
    if (markDue(now)) await touchWatermark(db, 'sweep', now, config.gapMs);
    if (canariesDue(now)) await keepCanaries(db, now);
    const isOpeningDue = openDue(now) || (await isOpeningAwaited(db, now));
    const opened = (isOpeningDue ? await openDays(db, now) : 0) + (await refreshStaleDays(db, now, BATCH));
    const weighed = await weighAll(db, now);
    const { judged, alerts } = await judgeAll(db, now, config.gapMs);
    const tests = await watchCommissionings(db, now);
    if (alerts > 0 || weighed.alerts > 0 || tests > 0) wake();
    const isWatchDue = watchDue(now);
    if (isWatchDue || rhythmsLeft) rhythmsLeft = await watchRhythm(db, now);
    if (isWatchDue || driftsLeft) driftsLeft = await watchDrifts(db, now);
    // After the deadlines: no page waits for it.
    if (careDue(now)) {
      await openCareDays(db, now);
      await tendCare(db, now);
    }
    if (isWatchDue) {
      await watchSensors(db, now);
      await forgetBrokers(db, now, config.gapMs * BROKER_GAPS);
    }
    return { opened, judged, alerts, weighed: weighed.settled };
  };
}

async function weighAll(db: Db, now: Temporal.Instant) {
  const total = { settled: 0, alerts: 0 };
  for (;;) {
    const { settled, alerts } = await weighSignals(db, now, BATCH);
    total.settled += settled;
    total.alerts += alerts;
    if (settled < BATCH) return total;
  }
}

async function judgeAll(db: Db, now: Temporal.Instant, gapMs: number) {
  const gaps = await findGaps(db, now, gapMs);
  const total = { judged: 0, alerts: 0 };
  for (;;) {
    const { judged, alerts } = await judgeDueDays(db, now, gaps, BATCH);
    total.judged += judged;
    total.alerts += alerts;
    if (judged === 0) return total;
  }
}
