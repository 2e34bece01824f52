const FREE_FAILURES = 5;
const FIRST_DELAY_MS = 250;
const MOST_DELAY_MS = 5_000;
const MOST_WAIT_MS = 20_000;
const FORGET_MS = 600_000;
const MOST_KEYS = 10_000;

/**
 * Slows whoever keeps failing: an address with wrong passwords, a sensor at an address with foreign topics. Its
 * failures are answered one after the other, so that many at once gain nothing. Sensors with good credentials
 * behind the same address are let in as fast as ever. Remembers so many keys and no more. Times are monotonic
 * milliseconds.
 */
export type AddressThrottle = {
  /** Counts a failure and tells for how many milliseconds to keep its answer back. */
  fail(key: string, now: number): number;
  /** Milliseconds until the answers to all its failures are out. */
  owed(key: string, now: number): number;
  /** Whether it fails more than can happen to anybody. */
  isSuspect(key: string, now: number): boolean;
};

export function createAddressThrottle(): AddressThrottle {
  const failures = new Map<string, { count: number; lastAt: number; freeAt: number }>();
  const find = (key: string, now: number) => {
    const known = failures.get(key);
    return known && now - known.lastAt < FORGET_MS ? known : undefined;
  };
  return {
    fail(key, now) {
      const known = find(key, now);
      const count = (known?.count ?? 0) + 1;
      const step =
        count <= FREE_FAILURES
          ? 0
          : Math.min(FIRST_DELAY_MS * 2 ** Math.min(count - FREE_FAILURES - 1, 10), MOST_DELAY_MS);
      const freeAt = Math.min(Math.max(known?.freeAt ?? 0, now) + step, now + MOST_WAIT_MS);
      // Put back at the end, so that the first key is the one that has been quiet longest.
      failures.delete(key);
      failures.set(key, { count, lastAt: now, freeAt });
      if (failures.size > MOST_KEYS) failures.delete(failures.keys().next().value as string);
      return freeAt - now;
    },
    owed: (key, now) => Math.max(0, (find(key, now)?.freeAt ?? now) - now),
    isSuspect: (key, now) => (find(key, now)?.count ?? 0) > FREE_FAILURES,
  };
}
