import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import type { Presence } from '#store/sensor/mark-presence.ts';

export type PresenceKeeper = {
  mark(presence: Presence): void;
  stop(withinMs: number): Promise<void>;
};

const BATCH = 1_000;
const RETRY_MS = 500;

/**
 * Writes who is connected, the newest word on each sensor, gathered while the last write is under way.
 * It tells nothing about the elder, so nobody waits for it.
 */
export function createPresenceKeeper(
  save: (presences: readonly Presence[]) => Promise<void>,
  logger: Logger,
): PresenceKeeper {
  const unsaved = new Map<string, Presence>();
  let running: Promise<void> | undefined;
  let stopped = false;

  function mark(presence: Presence): void {
    const newer = unsaved.get(presence.sensorId);
    // The end of an old connection, told after the beginning of a new one, is no news.
    if (newer?.online && !presence.online && newer.connection !== presence.connection) return;
    if (newer && presence.again) return;
    unsaved.set(presence.sensorId, presence);
    running ??= run();
  }

  async function run(): Promise<void> {
    // Everything of this turn of the loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    let failures = 0;
    while (unsaved.size > 0 && !(stopped && failures > 0)) {
      const batch = [...unsaved.values()].slice(0, BATCH);
      for (const { sensorId } of batch) unsaved.delete(sensorId);
      try {
        await save(batch);
        failures = 0;
      } catch (error) {
        if (failures === 0) logger.warn({ event: 'broker.presence-not-saved', why: reasonOf(error) });
        failures += 1;
        for (const presence of batch) {
          if (!unsaved.has(presence.sensorId)) unsaved.set(presence.sensorId, presence);
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
    running = undefined;
  }

  return {
    mark,
    async stop(withinMs) {
      stopped = true;
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, withinMs).unref())]);
    },
  };
}
