import type { SeededRandom } from '../seeded-random.ts';
import { createLine } from './line.ts';
import { createSensors, devAddrOf, type LorawanNetwork } from './lorawan-network.ts';
import type { LorawanFrame } from './lorawan-sensor.ts';
import type { GatewayOptions } from './virtual-gateway.ts';

export type ChirpstackOptions = GatewayOptions & {
  random: SeededRandom;
  applicationId?: string;
  /** How many servers hand on what they heard: the second one's message is the first one's again. */
  servers?: number;
};

const TENANT = { tenantId: '52f14cd4-c6f1-4fbd-8f87-4025e1d49242', tenantName: 'ChirpStack' };

/**
 * ChirpStack v4's MQTT integration in JSON. Fields that are 0, false or empty are left out, as protobuf's JSON does;
 * the DevEUI is in small letters; the battery comes in events of its own. chirpstack-docs, "Events".
 */
export function createChirpstack(options: ChirpstackOptions): LorawanNetwork {
  const { random, servers = 1, applicationId = '17c82e96-be03-4f38-aef3-f83d48582d97' } = options;
  const line = createLine({ clientId: 'chirpstack', ...options });
  const charges = new Map<string, number>();

  const say = (devEui: string, event: string, body: Record<string, unknown>) =>
    line.say({
      topic: `application/${applicationId}/device/${devEui.toLowerCase()}/event/${event}`,
      payload: JSON.stringify(body),
      qos: 1,
    });

  const headOf = (devEui: string, at: number, model: string) => ({
    deduplicationId: uuid(random),
    time: nanoseconds(at),
    deviceInfo: {
      ...TENANT,
      applicationId,
      applicationName: 'curtains',
      deviceProfileId: '14855bf7-d10d-4aee-b618-ebfcb64dc7ad',
      deviceProfileName: model,
      deviceName: `curtain-${devEui.slice(-4).toLowerCase()}`,
      devEui: devEui.toLowerCase(),
    },
  });

  async function receive({ devEui, model, frameCounter, frame, at, battery }: LorawanFrame): Promise<void> {
    const head = headOf(devEui, at, model);
    for (let server = 0; server < servers; server += 1) {
      const rssi = -random.between(36, 118);
      await say(devEui, 'up', {
        ...head,
        devAddr: devAddrOf(devEui),
        adr: true,
        dr: 1,
        ...(frameCounter === 0 ? {} : { fCnt: frameCounter }),
        ...(frame.fPort === 0 ? {} : { fPort: frame.fPort }),
        ...(frame.bytes.length === 0 ? {} : { data: frame.bytes.toString('base64') }),
        rxInfo: [{ gatewayId: `0016c001f153a14${server}`, rssi, snr: 10.5, context: 'AAAAAA==' }],
      });
    }
    if (charges.get(devEui) === battery) return;
    charges.set(devEui, battery);
    await say(devEui, 'status', { ...headOf(devEui, at, model), margin: 10, batteryLevel: battery });
  }

  return {
    ...createSensors(receive, (devEui, at) =>
      say(devEui, 'join', { ...headOf(devEui, at, ''), devAddr: devAddrOf(devEui) }),
    ),
    connect: () => line.connect(),
    // It keeps nothing to say again.
    restart: () => line.connect(),
    disconnect: () => line.disconnect(),
    vanish: () => line.vanish(),
  };
}

/** ChirpStack writes nanoseconds and an offset. */
const nanoseconds = (at: number) => new Date(at).toISOString().replace('Z', '023242+00:00');

function uuid(random: SeededRandom): string {
  const digits = Array.from({ length: 32 }, () => random.between(0, 15).toString(16)).join('');
  const { 1: a, 2: b, 3: c, 4: d, 5: e } = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(digits) ?? [];
  return [a, b, c, d, e].join('-');
}
