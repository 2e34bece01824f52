import { createLine } from './line.ts';
import type { GatewayOptions, VirtualCover, VirtualDevice, VirtualGateway } from './virtual-gateway.ts';

export type EsphomeOptions = GatewayOptions & {
  /** `topic_prefix`: the node's name where it says nothing; for our own broker `pact/v1/` and the sensor's id. */
  prefix: string;
  /** `retain: false` at its states: at our own broker a message with that flag would prove nothing. */
  retains?: boolean;
};

export type Esphome = VirtualGateway & {
  /** A binary sensor of class door, window or opening, by its object id. */
  device(objectId?: string): VirtualDevice;
  cover(objectId?: string): VirtualCover;
};

/**
 * A node of ESPHome: bare words, QoS 0, retained, and every state again after each connection. `ON` is open for a
 * sensor of class door or window. esphome.io/components/mqtt.
 */
export function createEsphome(options: EsphomeOptions): Esphome {
  const { prefix, retains = true } = options;
  const presence = (payload: 'online' | 'offline') => ({
    topic: `${prefix}/status`,
    payload,
    retain: retains,
  });
  const line = createLine({ clientId: prefix.replaceAll('/', '-'), ...options }, presence('offline'));
  // Entities of these names are what the node is there for.
  const addressOf = (objectId: string) =>
    objectId === 'curtain' || objectId === 'contact' ? prefix : `${prefix}:${objectId}`;
  const states = new Map<string, string>();

  async function set(topic: string, payload: string): Promise<void> {
    states.set(topic, payload);
    await line.say({ topic: `${prefix}/${topic}`, payload, retain: retains });
  }
  async function sayAll(): Promise<void> {
    for (const [topic, payload] of states) await set(topic, payload);
  }
  async function start(): Promise<void> {
    await line.connect();
    await line.say(presence('online'));
    await sayAll();
  }
  const battery = (_at: number, percent: number) => set('sensor/battery/state', String(percent));

  return {
    connect: start,
    restart: start,
    async disconnect() {
      await line.say(presence('offline'));
      await line.disconnect();
    },
    vanish: () => line.vanish(),
    device(objectId = 'curtain') {
      const topic = `binary_sensor/${objectId}/state`;
      states.set(topic, 'OFF');
      return {
        address: addressOf(objectId),
        open: () => set(topic, 'ON'),
        close: () => set(topic, 'OFF'),
        report: sayAll,
        battery,
      };
    },
    cover(objectId = 'curtain') {
      const [position, state] = [`cover/${objectId}/position/state`, `cover/${objectId}/state`];
      states.set(position, '0');
      states.set(state, 'closed');
      const arrive = async (_at: number, percent: number) => {
        await set(state, percent > Number(states.get(position)) ? 'opening' : 'closing');
        await set(position, String(percent));
        await set(state, percent === 0 ? 'closed' : 'open');
      };
      return {
        address: addressOf(objectId),
        open: (at) => arrive(at, 100),
        close: (at) => arrive(at, 0),
        position: arrive,
        report: sayAll,
        battery,
      };
    },
  };
}
