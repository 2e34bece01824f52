import { Temporal } from 'temporal-polyfill';

export const MISS_REASONS = [
  'no_signal',
  'left_open',
  'sensor_silent',
  'never_reported',
  'not_seen',
] as const;
export type MissReason = (typeof MISS_REASONS)[number];

/** What is known of one sensor of a household when its deadline is judged. */
export type SensorEvidence = {
  curtain: 'open' | 'closed' | 'unknown';
  lastSeenAt?: Temporal.Instant;
  /** Minutes of silence that this class of device may have before it counts as unknown. */
  silenceMinutes: number;
};

export type Evidence = {
  /** The first accepted proof inside the window, where there is one. */
  proof?: { at: Temporal.Instant; kind: string };
  sensors: readonly SensorEvidence[];
  deadlineAt: Temporal.Instant;
};

export type Judgement =
  | { verdict: 'kept'; at: Temporal.Instant; kind: string }
  | { verdict: 'missed'; reason: MissReason; silentSince?: Temporal.Instant };

/**
 * The verdict at the deadline. A silent sensor is unknown, never closed and never well (invariant 5), and
 * yesterday's open curtain is not today's proof (invariant 6). Of several sensors the fresh ones speak.
 */
export function judgeDeadline(evidence: Evidence): Judgement {
  if (evidence.proof) return { verdict: 'kept', ...evidence.proof };
  if (evidence.sensors.length === 0) return { verdict: 'missed', reason: 'not_seen' };

  const reported = evidence.sensors.filter((sensor) => sensor.lastSeenAt);
  if (reported.length === 0) return { verdict: 'missed', reason: 'never_reported' };

  const fresh = reported.filter((sensor) => isFresh(sensor, evidence.deadlineAt));
  if (fresh.length === 0) {
    const silentSince = latest(reported.flatMap((sensor) => sensor.lastSeenAt ?? []));
    return { verdict: 'missed', reason: 'sensor_silent', silentSince };
  }
  const open = fresh.some((sensor) => sensor.curtain === 'open');
  return { verdict: 'missed', reason: open ? 'left_open' : 'no_signal' };
}

/** Whether a sensor has been heard within its allowance, by the server's receive time. */
export function isFresh(sensor: SensorEvidence, at: Temporal.Instant): boolean {
  if (!sensor.lastSeenAt) return false;
  return at.epochMilliseconds - sensor.lastSeenAt.epochMilliseconds <= sensor.silenceMinutes * 60_000;
}

/** A time in which we may have been deaf. Without `resumedAt` it still goes on. */
export type Gap = { from: Temporal.Instant; resumedAt: Temporal.Instant | undefined };

/**
 * When a deadline may be judged. Downtime must not turn buffered proofs into false pages: what fell due
 * between the beginning of a gap and a minute after its end waits for that minute, and while a gap goes on
 * for a minute after the deadline, never longer (invariant 3). Otherwise a short settling time lets what
 * was received before the deadline be committed.
 */
export function judgeAt(deadlineAt: Temporal.Instant, gaps: readonly Gap[]): Temporal.Instant {
  const times = [deadlineAt.add({ milliseconds: SETTLE_MS })];
  for (const gap of gaps) {
    if (Temporal.Instant.compare(deadlineAt, gap.from) < 0) continue;
    times.push((gap.resumedAt ?? deadlineAt).add({ seconds: CATCH_UP_SECONDS }));
  }
  return latest(times.filter((time) => Temporal.Instant.compare(time, deadlineAt) > 0));
}

const latest = (times: readonly Temporal.Instant[]): Temporal.Instant =>
  Temporal.Instant.fromEpochMilliseconds(Math.max(...times.map((time) => time.epochMilliseconds)));

/** What a commit may take; a proof received just before the deadline is in the database by then. */
export const SETTLE_MS = 500;

/** How long sensors get to reconnect and send what they buffered while we were away. */
export const CATCH_UP_SECONDS = 60;
