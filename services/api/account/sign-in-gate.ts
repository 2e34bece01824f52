import { isIPv6 } from 'node:net';
import type { Temporal } from 'temporal-polyfill';
import { PactError } from '#platform/errors.ts';

const FIRST_HOLD_SECONDS = 30;
const LONGEST_HOLD_SECONDS = 15 * 60;
/** Wrong passwords that cost nothing: of one account from one address. */
const FREE_THERE = 5;
/** Of one account from anywhere that it has never been opened from; many addresses together get no further than these. */
const FREE_EVERYWHERE = 30;
/** Of all accounts from one address: a whole office sits behind one, and colleagues mistype. */
const FREE_OF_ADDRESS = 15;
/** Enough for an office and its scanners; past it the address that failed longest ago is forgotten. */
const MOST_ADDRESSES = 10_000;

const holdSeconds = (failures: number, free: number): number =>
  failures < free
    ? 0
    : Math.min(LONGEST_HOLD_SECONDS, FIRST_HOLD_SECONDS * 2 ** Math.min(failures - free, 10));

/** How long the next password waits after that many wrong ones in a row: doubling, a quarter of an hour at most. */
export const holdSecondsThere = (failures: number) => holdSeconds(failures, FREE_THERE);
export const holdSecondsEverywhere = (failures: number) => holdSeconds(failures, FREE_EVERYWHERE);

/** Holds back addresses that try one name after the other; each process counts for itself. */
export type SignInGate = {
  /** @throws PactError TOO_MANY_REQUESTS while the address has to wait */
  assertOpen(address: string, now: Temporal.Instant): void;
  recordFailure(address: string, now: Temporal.Instant): void;
  recordSuccess(address: string): void;
};

/** @param clockSpeed waits last in people's time, however fast the clock runs */
export function createSignInGate(clockSpeed: number): SignInGate {
  const addresses = new Map<string, { failures: number; untilMs: number }>();
  return {
    assertOpen(address, now) {
      const entry = addresses.get(subscriberOf(address));
      const seconds = Math.ceil(((entry?.untilMs ?? 0) - now.epochMilliseconds) / clockSpeed / 1000);
      if (seconds <= 0) return;
      throw new PactError('TOO_MANY_REQUESTS', 'Too many wrong passwords came from this address.', {
        hint: `Wait ${seconds} seconds and try again.`,
        details: { retryAfterSeconds: seconds },
      });
    },
    recordFailure(address, now) {
      const key = subscriberOf(address);
      const failures = (addresses.get(key)?.failures ?? 0) + 1;
      const untilMs = now.epochMilliseconds + holdSeconds(failures, FREE_OF_ADDRESS) * 1000 * clockSpeed;
      addresses.delete(key);
      addresses.set(key, { failures, untilMs });
      const oldest = addresses.keys().next().value;
      if (addresses.size > MOST_ADDRESSES && oldest !== undefined) addresses.delete(oldest);
    },
    recordSuccess(address) {
      addresses.delete(subscriberOf(address));
    },
  };
}

/** One subscriber has a whole /64 of IPv6 to call from. */
export const subscriberOf = (address: string): string =>
  isIPv6(address) && !address.startsWith('::ffff:') ? address.split(':').slice(0, 4).join(':') : address;
