import type { SourceFormat } from '#contracts/bridge/formats.ts';
import type { SourceSetting, ToldDirection } from '#store/bridge/setting.ts';
import type { Arrival } from '../model.ts';
import { type Discovered, readDiscovery } from './read-discovery.ts';

export type Introduction = { name: string | null; direction: ToldDirection | null };

export type Introductions = {
  /** @throws Refused where the message cannot be read */
  note(source: Pick<SourceSetting, 'id' | 'format'>, arrival: Arrival): void;
  /** What the device that speaks on a topic has said of itself to Home Assistant. */
  find(sourceId: string, topic: string): Introduction | undefined;
};

/** Topics of Home Assistant's discovery, under whatever prefix. */
export const isDiscovery = (topic: string): boolean =>
  /\/(?:binary_sensor|cover|device)\/.*config$/.test(topic);

/** A neighbourhood's gateways introduce some hundreds; whoever introduces more is heard no further. */
const MOST = 10_000;

/** Zigbee2MQTT's `contact` is true when closed, and its reader reads it so; all others take ON for open. */
const meansOpen = (format: SourceFormat): Discovered['polarity'] =>
  format === 'zigbee2mqtt' ? 'on_is_closed' : 'on_is_open';

/** Remembers how devices were introduced to Home Assistant, for names and for which value means open; never as an event. */
export function createIntroductions(): Introductions {
  const known = new Map<string, Introduction>();
  return {
    note({ id, format }, arrival) {
      for (const { stateTopic, positionTopic, name, polarity, component } of readDiscovery(arrival)) {
        const isContact = component === 'binary_sensor' && polarity !== null;
        const direction = isContact ? (polarity === meansOpen(format) ? 'agrees' : 'opposite') : null;
        for (const topic of [stateTopic, positionTopic]) {
          const place = `${id} ${topic}`;
          if (topic === null || (known.size >= MOST && !known.has(place))) continue;
          // Tamper and battery of the same device speak on the same topic and say nothing of a curtain.
          known.set(place, {
            name: name ?? known.get(place)?.name ?? null,
            direction: direction ?? known.get(place)?.direction ?? null,
          });
        }
      }
    },
    find: (sourceId, topic) => known.get(`${sourceId} ${topic}`),
  };
}
