import { Temporal } from 'temporal-polyfill';
import { CATCH_UP_SECONDS, judgeAt, SETTLE_MS } from '#pact/verdict.ts';
import type { Clock } from '#platform/clock.ts';
import { PactError } from '#platform/errors.ts';
import { createPace } from '#platform/pace.ts';
import { withSpan } from '#platform/tracing.ts';
import { keepCanaries } from '#store/canary/keep-canaries.ts';
import { openCareDays } from '#store/care/open-care.ts';
import { tendCare } from '#store/care/settle-care.ts';
import { watchDrifts } from '#store/care/watch-drifts.ts';
import type { Db } from '#store/database.ts';
import { watchCommissionings } from '#store/enrolment/commissioning.ts';
import { findSweepWork } from '#store/pact-day/find-sweep-work.ts';
import { judgeDueDays } from '#store/pact-day/judge-due-days.ts';
import { isOpeningAwaited, openDays, refreshStaleDays } from '#store/pact-day/open-days.ts';
import { watchRhythm } from '#store/pact-day/watch-rhythm.ts';
import { weighSignals } from '#store/pact-day/weigh-signals.ts';
import { findSilentBrokers, forgetBrokers } from '#store/sensor/broker-presence.ts';
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

/**
 * For so long at most a deadline waits because somebody was away, by whoever has swept since: another process whose clock is
 * behind sets the mark back again and again, and each time it looks as if nobody had been there.
 */
const MOST_HELD_MS = 3 * CATCH_UP_SECONDS * 1_000;

/** What one sweep did, for those who drive it by hand. */
export type SweepReport = {
  opened: number;
  judged: number;
  alerts: number;
  weighed: number;
  /** Whether deadlines wait for what sensors kept while we were down. */
  isCatchingUp: boolean;
  /** The next deadline that lies ahead, or has passed by less than it takes to settle. */
  nextDeadlineAt: Temporal.Instant | undefined;
};

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
  /** The last sweep that went through, and the first of those before it without a hole between them. */
  let swept: { since: Temporal.Instant; at: Temporal.Instant } | undefined;

  return async () => {
    const now = clock.now();
    const passedMs = swept ? now.epochMilliseconds - swept.at.epochMilliseconds : 0;
    const sweptSince = swept && passedMs >= 0 && passedMs <= config.gapMs ? swept.since : now;
    if (markDue(now)) await touchWatermark(db, 'sweep', clock, config.gapMs);
    if (canariesDue(now)) await keepCanaries(db, now);
    const found = await findSweepWork(db, now);
    const isOpeningDue = openDue(now) || (found.hasStaleDays && (await isOpeningAwaited(db, now)));
    // What keeps one home's day from being opened as it was promised keeps no deadline from being judged.
    const opening = isOpeningDue ? await settled(openDays(db, now)) : { opened: 0 };
    const opened = opening.opened + (found.hasStaleDays ? await refreshStaleDays(db, now, BATCH) : 0);
    // Days that were slept through are due as soon as they are open.
    const work = opened > 0 || opening.refused ? await findSweepWork(db, now) : found;
    const weighed = work.hasSignals || work.hasDueDays ? await weighAll(db, now) : NOTHING;
    const { judged, alerts, isCatchingUp } = work.hasDueDays
      ? await judgeAll(db, now, config.gapMs, sweptSince)
      : NOTHING;
    const tests = work.isCommissioning ? await watchCommissionings(db, now) : 0;
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
    swept = { since: sweptSince, at: now };
    if (opening.refused) throw opening.refused;
    const { nextDeadlineAt } = work;
    return { opened, judged, alerts, weighed: weighed.settled, isCatchingUp, nextDeadlineAt };
  };
}

async function settled(opening: Promise<number>): Promise<{ opened: number; refused?: PactError }> {
  try {
    return { opened: await opening };
  } catch (error) {
    if (error instanceof PactError) return { opened: 0, refused: error };
    throw error;
  }
}

const NOTHING = { settled: 0, judged: 0, alerts: 0, isCatchingUp: false };

async function weighAll(db: Db, now: Temporal.Instant) {
  const total = { settled: 0, alerts: 0 };
  for (;;) {
    const { settled, alerts } = await withSpan('rules.weigh', {}, () => weighSignals(db, now, BATCH));
    total.settled += settled;
    total.alerts += alerts;
    if (settled < BATCH) return total;
  }
}

/** @param sweptSince since when this process has swept without a hole */
async function judgeAll(db: Db, now: Temporal.Instant, gapMs: number, sweptSince: Temporal.Instant) {
  const heldFrom = now.subtract({ milliseconds: MOST_HELD_MS });
  const hasSwept = Temporal.Instant.compare(sweptSince, heldFrom) <= 0;
  const found = await findGaps(db, now, gapMs, 'sweep');
  const gaps = hasSwept ? found.map((gap) => ({ ...gap, from: laterOf(gap.from, heldFrom) })) : found;
  const silent = await findSilentBrokers(db, now, { stuckMs: gapMs, goneMs: gapMs * BROKER_GAPS });
  const isCatchingUp = Temporal.Instant.compare(judgeAt(now, gaps), now.add({ milliseconds: SETTLE_MS })) > 0;
  const total = { judged: 0, alerts: 0, isCatchingUp };
  for (;;) {
    const { judged, alerts } = await withSpan('rules.judge', {}, () =>
      judgeDueDays(db, now, gaps, BATCH, silent),
    );
    total.judged += judged;
    total.alerts += alerts;
    if (judged === 0) return total;
  }
}

const laterOf = (a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant =>
  Temporal.Instant.compare(a, b) < 0 ? b : a;
