import type { CredentialLookup } from './credential-lookup.ts';

/** Whom the bridge may speak for. */
export type BridgeSensors = {
  /**
   * How a device's sensor is mounted; undefined where there is none of that id, where it was retired or where no
   * device is paired with it. Rejects when the database does not answer in time.
   */
  find(sensorId: string): Promise<{ reversed: boolean } | undefined>;
  /** Looks again at the next message: of one sensor, or of all. */
  forget(sensorId?: string): void;
};

/** Remembers only whom the bridge may speak for, so that one that is paired next is let through at once. */
export function createBridgeSensors(lookup: CredentialLookup): BridgeSensors {
  const known = new Map<string, { reversed: boolean }>();
  let forgotten = 0;
  return {
    async find(sensorId) {
      for (;;) {
        const found = known.get(sensorId);
        if (found) return found;
        const before = forgotten;
        const credentials = await lookup(sensorId);
        // What was read may be what has just been changed.
        if (before !== forgotten) continue;
        if (!credentials || credentials.retired || !credentials.paired) return undefined;
        const { reversed } = credentials;
        known.set(sensorId, { reversed });
        return { reversed };
      }
    },
    forget(sensorId) {
      forgotten += 1;
      if (sensorId === undefined) known.clear();
      else known.delete(sensorId);
    },
  };
}
