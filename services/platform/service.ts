import { untilAborted } from './until-aborted.ts';

/** What every service is: built without side effects, then started, then stopped. */
export type Service = {
  readonly name: string;
  start(): Promise<void>;
  /** Finishes what is under way and lets go of everything; safe to call twice. */
  stop(): Promise<void>;
};

/** Starts in order; when one fails or the signal comes, stops the ones already up in reverse order and rethrows. */
export async function startAll(
  services: readonly Service[],
  signal = new AbortController().signal,
): Promise<void> {
  const up: Service[] = [];
  for (const service of services) {
    try {
      up.push(service);
      await untilAborted(service.start(), signal);
    } catch (error) {
      await stopAll(up);
      throw error;
    }
  }
}

/** Stops in reverse order; every service gets its chance, and the first failure is thrown at the end. */
export async function stopAll(services: readonly Service[]): Promise<void> {
  const failures: unknown[] = [];
  for (const service of services.toReversed()) {
    await service.stop().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}
