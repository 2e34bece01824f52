import type { AddressThrottle } from './address-throttle.ts';

/** One connection of which nobody knows yet whose it is. */
export type Pass = {
  readonly address: string;
  /** Its sensor is known: it counts no more. */
  release(): void;
  /** It was refused: it counts for so long, though its client leave at once and come anew. */
  hold(milliseconds: number): void;
  /** It is gone. */
  close(): void;
};

export type Door = {
  /** Undefined when so many of this address wait already that it has to come again later. */
  enter(address: string): Pass | undefined;
};

/**
 * How many connections of one address may be unknown at a time. Thousands of good sensors may come at once from
 * behind one address, so that an address is given room for all of them until it fails; one that does is given
 * room for a few. Those whose sensor is known never count.
 */
export function createDoor(
  throttle: AddressThrottle,
  limits: { mostUnknown: number; mostUnknownSuspect: number; connectTimeoutMs: number },
): Door {
  const unknown = new Map<string, number>();
  const leave = (address: string) => {
    const left = (unknown.get(address) ?? 1) - 1;
    if (left > 0) unknown.set(address, left);
    else unknown.delete(address);
  };

  return {
    enter(address) {
      const enteredAt = performance.now();
      const count = unknown.get(address) ?? 0;
      const isSuspect = throttle.isSuspect(address, enteredAt);
      if (count >= (isSuspect ? limits.mostUnknownSuspect : limits.mostUnknown)) return undefined;
      unknown.set(address, count + 1);
      let counts = true;
      let isRefused = false;
      const release = () => {
        if (counts) leave(address);
        counts = false;
      };
      return {
        address,
        release,
        hold(milliseconds) {
          isRefused = true;
          if (milliseconds > 0) setTimeout(release, milliseconds).unref();
          else release();
        },
        close() {
          if (!counts || isRefused) return;
          release();
          // It sat here until it was sent away, and said nothing.
          const now = performance.now();
          if (now - enteredAt >= limits.connectTimeoutMs * 0.9) throttle.fail(address, now);
        },
      };
    },
  };
}
