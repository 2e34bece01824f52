import { setTimeout as wait } from 'node:timers/promises';

/** Resolves after wall `milliseconds`, or at once when `signal` aborts. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
