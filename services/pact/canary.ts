import { Temporal } from 'temporal-polyfill';
import type { Ladder } from './ladder.ts';

/** A canary pages the office's own phones and nobody else, again and again until its page arrives or its day ends. */
export const CANARY_LADDER: Ladder = {
  steps: [{ afterMinutes: 0, to: [{ role: 'office', channel: 'sms' }] }],
  repeatMinutes: 15,
  acknowledgementMinutes: 15,
};

/** What a canary's day is known to have shown. `unknown`: accepted by a provider that never tells of delivery. */
export type CanaryState = 'waiting' | 'proven' | 'unknown' | 'failed';

/** The page must have arrived so many seconds after the deadline. */
export const CANARY_SECONDS = 60;

/**
 * Clock milliseconds after the deadline in which the canary's page must arrive: a minute, and on a clock that
 * is fast for show what five seconds of the wall are there.
 */
export const canaryPatienceMs = (speed: number): number => Math.max(CANARY_SECONDS * 1000, 5_000 * speed);

export type CanaryEvidence = {
  deadlineAt: Temporal.Instant;
  /** The end of its date: a page that comes later proves nothing of that morning. */
  endsAt: Temporal.Instant;
  patienceMs: number;
  /** When the first of its pages was in a phone. */
  deliveredAt: Temporal.Instant | undefined;
  /** Whether a provider that gives no receipts has accepted one. */
  isAcceptedUntold: boolean;
};

/**
 * What is to be recorded of a canary now, in the state it is in; undefined while there is nothing new. Late
 * delivery after a failure is proof that paging is back, and the failure stays on record beside it.
 */
export function judgeCanary(
  state: CanaryState,
  evidence: CanaryEvidence,
  now: Temporal.Instant,
): Exclude<CanaryState, 'waiting'> | undefined {
  const { deadlineAt, deliveredAt, patienceMs, isAcceptedUntold } = evidence;
  if (state === 'proven' || Temporal.Instant.compare(now, deadlineAt) < 0) return undefined;
  const dueAt = deadlineAt.add({ milliseconds: Math.round(patienceMs) });
  const isInTime = deliveredAt && Temporal.Instant.compare(deliveredAt, dueAt) <= 0;
  if (isInTime || (deliveredAt && state !== 'waiting')) return 'proven';
  if (state !== 'waiting' || Temporal.Instant.compare(now, dueAt) <= 0) return undefined;
  return isAcceptedUntold && !deliveredAt ? 'unknown' : 'failed';
}

/** Whether the canary's alert ends by itself now, and how. */
export function canaryEndOf(
  state: CanaryState,
  { endsAt }: Pick<CanaryEvidence, 'endsAt'>,
  now: Temporal.Instant,
): 'proven' | 'unknown' | 'unproven' | undefined {
  if (state === 'proven' || state === 'unknown') return state;
  return Temporal.Instant.compare(now, endsAt) >= 0 ? 'unproven' : undefined;
}
