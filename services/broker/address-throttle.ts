const FREE_FAILURES = 5;
const FIRST_DELAY_MS = 250;
const MOST_DELAY_MS = 5_000;
const FORGET_MS = 600_000;
const MOST_ADDRESSES = 10_000;

/**
 * Slows the refusals of an address that keeps failing. Only refusals: sensors with good credentials behind
 * the same address are let in as fast as ever. Remembers so many addresses and no more.
 */
export type AddressThrottle = {
  /** Counts a failure and tells for how many milliseconds to keep its answer back. */
  fail(address: string, now: number): number;
};

export function createAddressThrottle(): AddressThrottle {
  const failures = new Map<string, { count: number; lastAt: number }>();
  return {
    fail(address, now) {
      const known = failures.get(address);
      const count = known && now - known.lastAt < FORGET_MS ? known.count + 1 : 1;
      // Put back at the end, so that the first key is the one that has been quiet longest.
      failures.delete(address);
      failures.set(address, { count, lastAt: now });
      if (failures.size > MOST_ADDRESSES) failures.delete(failures.keys().next().value as string);
      if (count <= FREE_FAILURES) return 0;
      return Math.min(FIRST_DELAY_MS * 2 ** Math.min(count - FREE_FAILURES - 1, 10), MOST_DELAY_MS);
    },
  };
}
