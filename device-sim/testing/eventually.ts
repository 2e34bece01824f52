import { vi } from 'vitest';

/** Waits until `look` gives what is wanted; fails with the last answer. */
export const eventually = (look: () => Promise<void>, timeoutMs = 20_000): Promise<void> =>
  vi.waitFor(look, { timeout: timeoutMs, interval: 100 });
