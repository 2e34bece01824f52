import { isIPv6 } from 'node:net';
import type { Temporal } from 'temporal-polyfill';
import { PactError } from '#platform/errors.ts';

const FREE_FAILURES = 5;
const FIRST_LOCK_SECONDS = 30;
const LONGEST_LOCK_SECONDS = 15 * 60;
/** Enough for an office and its scanners; past it the address that failed longest ago is forgotten. */
const MOST_ADDRESSES = 10_000;

/** How long an account or an address waits after that many wrong passwords in a row: doubling, a quarter of an hour at most. */
export const lockSeconds = (failures: number): number =>
  failures < FREE_FAILURES
    ? 0
    : Math.min(LONGEST_LOCK_SECONDS, FIRST_LOCK_SECONDS * 2 ** Math.min(failures - FREE_FAILURES, 10));

/** Holds back addresses that try one name after the other; each process counts for itself. */
export type SignInGate = {
  /** @throws PactError TOO_MANY_REQUESTS while the address has to wait */
  assertOpen(address: string, now: Temporal.Instant): void;
  recordFailure(address: string, now: Temporal.Instant): void;
  recordSuccess(address: string): void;
};

/** @param clockSpeed locks last in people's time, however fast the clock runs */
export function createSignInGate(clockSpeed: number): SignInGate {
  const addresses = new Map<string, { failures: number; untilMs: number }>();
  return {
    assertOpen(address, now) {
      const entry = addresses.get(keyOf(address));
      const seconds = Math.ceil(((entry?.untilMs ?? 0) - now.epochMilliseconds) / clockSpeed / 1000);
      if (seconds <= 0) return;
      throw new PactError('TOO_MANY_REQUESTS', 'Too many wrong passwords came from this address.', {
        hint: `Wait ${seconds} seconds and try again.`,
        details: { retryAfterSeconds: seconds },
      });
    },
    recordFailure(address, now) {
      const key = keyOf(address);
      const failures = (addresses.get(key)?.failures ?? 0) + 1;
      const untilMs = now.epochMilliseconds + lockSeconds(failures) * 1000 * clockSpeed;
      addresses.delete(key);
      addresses.set(key, { failures, untilMs });
      const oldest = addresses.keys().next().value;
      if (addresses.size > MOST_ADDRESSES && oldest !== undefined) addresses.delete(oldest);
    },
    recordSuccess(address) {
      addresses.delete(keyOf(address));
    },
  };
}

/** One subscriber has a whole /64 of IPv6 to call from. */
const keyOf = (address: string): string =>
  isIPv6(address) && !address.startsWith('::ffff:') ? address.split(':').slice(0, 4).join(':') : address;
