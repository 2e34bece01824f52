import { createLine } from './line.ts';
import type { GatewayOptions, VirtualCover, VirtualDevice, VirtualGateway } from './virtual-gateway.ts';

export type Zigbee2mqttOptions = GatewayOptions & {
  /** Its base topic. */
  base?: string;
  /** `last_seen` where the operator has switched it on: it moves with every frame. */
  tellsLastSeen?: boolean;
  /** The operator has switched `retain` on for the devices. */
  retains?: boolean;
  /** As `output: attribute` has it: each field on a topic of its own. */
  asAttributes?: boolean;
};

export type SlidingContact = VirtualDevice & {
  /** A curtain that slides past its magnet: contradicting messages within a second, the last one true. */
  slideOpen(at: number): Promise<void>;
  /** It has not been heard for longer than its gateway waits. */
  fallSilent(at: number): Promise<void>;
};

export type Zigbee2mqtt = VirtualGateway & {
  /** A name as people give it; it may hold slashes. */
  device(name: string): SlidingContact;
  cover(name: string): VirtualCover;
};

type Cached = Record<string, unknown>;

/**
 * Zigbee2MQTT: QoS 0, no time, and whatever a device says is merged into all that it has ever said before it is
 * published. `contact: true` is closed. zigbee2mqtt lib/controller.ts, docs "MQTT topics and messages".
 */
export function createZigbee2mqtt(options: Zigbee2mqttOptions): Zigbee2mqtt {
  const { base = 'zigbee2mqtt', tellsLastSeen = false, retains = false, asAttributes = false } = options;
  const bridgeState = (state: 'online' | 'offline') => ({
    topic: `${base}/bridge/state`,
    payload: JSON.stringify({ state }),
    qos: 1 as const,
    retain: true,
  });
  const line = createLine({ clientId: 'zigbee2mqtt', ...options }, bridgeState('offline'));
  const cache = new Map<string, Cached>();
  // Two of them may share a broker: under another base topic a device is known by that too.
  const addressOf = (name: string) => (base === 'zigbee2mqtt' ? name : `${base}/${name}`);

  async function publish(name: string): Promise<void> {
    const state = cache.get(name) ?? {};
    if (!asAttributes) {
      await line.say({ topic: `${base}/${name}`, payload: JSON.stringify(state), retain: retains });
      return;
    }
    for (const [field, value] of Object.entries(state)) {
      const payload = typeof value === 'string' ? value : JSON.stringify(value);
      await line.say({ topic: `${base}/${name}/${field}`, payload, retain: retains });
    }
  }

  async function say(name: string, at: number, news: Cached): Promise<void> {
    const seen = tellsLastSeen ? { last_seen: new Date(at).toISOString() } : {};
    cache.set(name, { ...cache.get(name), ...news, ...seen });
    await publish(name);
  }

  const availability = (name: string, state: 'online' | 'offline') =>
    line.say({
      topic: `${base}/${name}/availability`,
      payload: JSON.stringify({ state }),
      qos: 1,
      retain: true,
    });

  /** What it knew lies on its disk, so that a restart says it again as if it were new. */
  async function start(): Promise<void> {
    await line.connect();
    await line.say(bridgeState('online'));
    for (const name of cache.keys()) {
      await availability(name, 'online');
      await publish(name);
    }
  }

  return {
    connect: start,
    restart: start,
    async disconnect() {
      await line.say(bridgeState('offline'));
      await line.disconnect();
    },
    vanish: () => line.vanish(),
    device(name) {
      cache.set(name, {
        ...{ battery: 100, battery_low: false, contact: true },
        ...{ linkquality: 105, tamper: false, voltage: 3_000 },
      });
      const contact = (at: number, isClosed: boolean) => say(name, at, { contact: isClosed });
      return {
        address: addressOf(name),
        open: (at) => contact(at, false),
        close: (at) => contact(at, true),
        report: (at) => say(name, at, {}),
        battery: (at, percent) =>
          say(name, at, { battery: percent, battery_low: percent < 15, voltage: 2_500 + percent * 5 }),
        async slideOpen(at) {
          for (const [afterMs, isClosed] of [
            [0, false],
            [180, true],
            [420, false],
          ] as const) {
            await contact(at + afterMs, isClosed);
          }
        },
        fallSilent: () => availability(name, 'offline'),
      };
    },
    cover(name) {
      cache.set(name, { position: 0, state: 'CLOSE', running: false, motor_state: 'stop', linkquality: 120 });
      const arrive = async (at: number, percent: number) => {
        // Some motors say nothing of where they are while they are on their way.
        await say(name, at, { running: true, motor_state: percent > 0 ? 'opening' : 'closing' });
        const state = percent === 0 ? 'CLOSE' : 'OPEN';
        await say(name, at, { position: percent, state, running: false, motor_state: 'stop' });
      };
      return {
        address: addressOf(name),
        open: (at) => arrive(at, 100),
        close: (at) => arrive(at, 0),
        position: arrive,
        report: (at) => say(name, at, {}),
        battery: (at, percent) => say(name, at, { battery: percent }),
      };
    },
  };
}
