import type { Credentials } from '#store/sensor/load-credentials.ts';

/** The credentials of a sensor, undefined when there is none. Rejects when the database does not answer in time. */
export type CredentialLookup = (sensorId: string) => Promise<Credentials | undefined>;

const BATCH = 1_000;
const RETRY_MS = 250;

type Waiter = {
  sensorId: string;
  until: number;
  resolve: (credentials: Credentials | undefined) => void;
  reject: (error: unknown) => void;
};

/** Gathers the look-ups of a reconnect storm: while one query is under way, all new ones wait for the next. */
export function createCredentialLookup(
  load: (sensorIds: readonly string[]) => Promise<Map<string, Credentials>>,
  patienceMs: number,
): CredentialLookup {
  let waiting: Waiter[] = [];
  let running = false;

  async function run(): Promise<void> {
    running = true;
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH);
      try {
        const found = await load([...new Set(batch.map((waiter) => waiter.sensorId))]);
        for (const waiter of batch) waiter.resolve(found.get(waiter.sensorId));
      } catch (error) {
        const now = performance.now();
        for (const waiter of batch) if (waiter.until <= now) waiter.reject(error);
        waiting = [...batch.filter((waiter) => waiter.until > now), ...waiting];
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    running = false;
  }

  return (sensorId) =>
    new Promise((resolve, reject) => {
      waiting.push({ sensorId, until: performance.now() + patienceMs, resolve, reject });
      if (!running) void run();
    });
}
