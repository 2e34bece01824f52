import type { DeviceFormat, SourceFormat } from '#contracts/bridge/formats.ts';
import { DECODERS } from '../decoders/registry.ts';
import { READERS } from '../formats/registry.ts';
import type { Reading } from '../model.ts';
import type { Report } from '../report/device-state.ts';

export type Said = { topic: string; payload: string; retained?: boolean };

/** The way of a message to the decision, without brokers, a disk and a clock. */
export function createListener(source: Exclude<SourceFormat, 'json_hook'>, format: DeviceFormat) {
  const known = new Set<string>();
  let gatewayLife = 0;
  let linkedSince = 0;
  const readingOf = (uplink: { says: string } & object): Reading | undefined => {
    if ('reading' in uplink) return uplink.reading as Reading;
    if (!('frame' in uplink)) return undefined;
    return DECODERS[format as keyof typeof DECODERS].decode(uplink.frame as never);
  };
  return {
    /** @returns what is to be decided, in its order; `gap` where the device is said to be away */
    hear({ topic, payload, retained = false }: Said, receivedAt: number): (Report | 'gap')[] {
      const arrival = { topic, payload: new TextEncoder().encode(payload), retained, receivedAt };
      const { uplinks, gateway } = READERS[source].read(arrival);
      if (gateway === 'online' && !retained) gatewayLife += 1;
      return uplinks.flatMap((uplink): (Report | 'gap')[] => {
        if (uplink.says === 'presence') return uplink.online ? [] : ['gap'];
        const { onceKey, networkAt, frameCounter, rssi } = uplink;
        if (onceKey !== null && known.has(onceKey)) return [];
        if (onceKey !== null) known.add(onceKey);
        const reading = readingOf(uplink);
        if (!reading) return [];
        const life = { gatewayLife, linkedSince, beganAt: null };
        return [{ reading, receivedAt, networkAt, frameCounter, rssi, retained, ...life }];
      });
    },
    /** What was said meanwhile may be lost. */
    reconnect(at: number): void {
      linkedSince = at;
    },
  };
}
