import { createLine } from './line.ts';
import type { GatewayOptions, VirtualCover, VirtualDevice, VirtualGateway } from './virtual-gateway.ts';

export type TasmotaOptions = GatewayOptions & {
  /** `%topic%`. */
  topic: string;
  /** `FullTopic`; for our own broker `pact/v1/%topic%/%prefix%/`. */
  fullTopic?: string;
  /** Of the place's clock, which it writes without saying so. Minutes. */
  utcOffsetMinutes?: number;
};

export type Tasmota = VirtualGateway & {
  /** A reed contact at its first switch, detached from the relay (`SetOption114 1`). */
  device(): VirtualDevice;
  /** A motor at its first shutter. */
  cover(): VirtualCover;
};

export type TasmotaZigbee = VirtualGateway & {
  /** By its short address, such as 0x662E. */
  device(address: string, name: string): VirtualDevice;
};

/**
 * A Tasmota with a contact or a shutter: what happens comes under stat, and every five minutes tele repeats how things
 * are. tasmota.github.io/docs, "MQTT", "Buttons and Switches", "Blinds and Shutters".
 */
export function createTasmota(options: TasmotaOptions): Tasmota {
  const speech = speak(options);
  const { say, tele } = speech;
  let standing: Record<string, unknown> = {};
  const stat = (body: Record<string, unknown>) => say('stat', 'RESULT', body);

  return {
    ...speech.gateway,
    async restart(at) {
      await speech.gateway.restart(at);
      await tele(at, standing);
    },
    device() {
      const act = async (state: 'ON' | 'OFF') => {
        standing = { Switch1: state };
        await stat({ Switch1: { Action: state } });
      };
      standing = { Switch1: 'OFF' };
      return {
        address: options.topic,
        open: () => act('ON'),
        close: () => act('OFF'),
        report: (at) => tele(at, standing),
        battery: (at) => tele(at, standing),
      };
    },
    cover() {
      const shutter = (Position: number, Direction: number, Target = Position) => ({
        Shutter1: { Position, Direction, Target, Tilt: 0 },
      });
      let position = 0;
      const arrive = async (_at: number, percent: number) => {
        await stat(shutter(position, Math.sign(percent - position), percent));
        position = percent;
        standing = shutter(percent, 0);
        await stat(standing);
      };
      standing = shutter(0, 0);
      return {
        address: `${options.topic}:Shutter1`,
        open: (at) => arrive(at, 100),
        close: (at) => arrive(at, 0),
        position: arrive,
        report: (at) => tele(at, standing),
        battery: (at) => tele(at, standing),
      };
    },
  };
}

/**
 * Tasmota as a Zigbee bridge: it hands on what a device said and adds nothing. `Contact: 1` is open, the opposite of
 * Zigbee2MQTT. tasmota.github.io/docs, "Zigbee".
 */
export function createTasmotaZigbee(options: TasmotaOptions): TasmotaZigbee {
  const speech = speak(options);
  return {
    ...speech.gateway,
    device(address, name) {
      let isOpen = false;
      const received = (fields: Record<string, unknown>) =>
        speech.say('tele', 'SENSOR', {
          ZbReceived: {
            [address]: { Device: address, Name: name, ...fields, Endpoint: 1, LinkQuality: 157 },
          },
        });
      const contact = async () => {
        // The alarm bit of its zone, and that it also reports its restoring.
        await received({ ZoneStatusChange: isOpen ? 33 : 32, Contact: isOpen ? 1 : 0 });
      };
      return {
        address: `${options.topic}:${name}`,
        async open() {
          isOpen = true;
          await contact();
        },
        async close() {
          isOpen = false;
          await contact();
        },
        report: contact,
        battery: (_at, percent) =>
          received({ BatteryVoltage: 2.5 + percent / 200, BatteryPercentage: percent }),
      };
    },
  };
}

function speak(options: TasmotaOptions) {
  const { topic, fullTopic = '%prefix%/%topic%/', utcOffsetMinutes = 8 * 60 } = options;
  const topicOf = (prefix: 'tele' | 'stat', last: string) =>
    fullTopic.replace('%prefix%', prefix).replace('%topic%', topic) + last;
  const presence = (payload: 'Online' | 'Offline') => ({
    topic: topicOf('tele', 'LWT'),
    payload,
    qos: 1 as const,
    retain: true,
  });
  const line = createLine({ clientId: topic, ...options }, presence('Offline'));
  const say = (prefix: 'tele' | 'stat', last: string, body: Record<string, unknown>) =>
    line.say({ topic: topicOf(prefix, last), payload: JSON.stringify(body) });
  const localTime = (at: number) => new Date(at + utcOffsetMinutes * 60_000).toISOString().slice(0, 19);

  const start = async () => {
    await line.connect();
    await line.say(presence('Online'));
  };
  const gateway: VirtualGateway = {
    connect: start,
    restart: start,
    async disconnect() {
      await line.say(presence('Offline'));
      await line.disconnect();
    },
    vanish: () => line.vanish(),
  };
  const tele = (at: number, standing: Record<string, unknown>) =>
    say('tele', 'SENSOR', { Time: localTime(at), ...standing });
  return { gateway, say, tele };
}
