import { createChirpstack } from '../networks/chirpstack.ts';
import type { LorawanNetwork } from '../networks/lorawan-network.ts';
import { createOpenmqttgateway, type Openmqttgateway } from '../networks/openmqttgateway.ts';
import { createTasmotaZigbee, type TasmotaZigbee } from '../networks/tasmota.ts';
import { createThingsStack, type ThingsStack } from '../networks/things-stack.ts';
import type { VirtualGateway } from '../networks/virtual-gateway.ts';
import { createZigbee2mqtt, type Zigbee2mqtt } from '../networks/zigbee2mqtt.ts';
import type { SeededRandom } from '../seeded-random.ts';

/** The networks and gateways that the homes of an estate share, and the brokers that the others speak to. */
export type Estate = {
  /** Of the operator's broker, and of our own. */
  url: string;
  pactUrl: string;
  chirpstack: LorawanNetwork;
  thingsStack: ThingsStack;
  zigbee2mqtt: Zigbee2mqtt;
  tasmotaZigbee: TasmotaZigbee;
  openmqttgateway: Openmqttgateway;
  /** Says goodbye for all that is shared. */
  close(): Promise<void>;
};

/** Puts an estate's gateways up, each with a connection of its own to the operator's broker. */
export async function openEstate(
  { url, pactUrl, random }: { url: string; pactUrl: string; random: SeededRandom },
  now: number,
): Promise<Estate> {
  const shared = {
    chirpstack: createChirpstack({ url, random, servers: 2 }),
    thingsStack: createThingsStack({ url }),
    zigbee2mqtt: createZigbee2mqtt({ url }),
    tasmotaZigbee: createTasmotaZigbee({ url, topic: 'zigbee-bridge' }),
    openmqttgateway: createOpenmqttgateway({ url }),
  };
  const gateways: VirtualGateway[] = Object.values(shared);
  await Promise.all(gateways.map((gateway) => gateway.connect(now)));
  return {
    url,
    pactUrl,
    ...shared,
    async close() {
      await Promise.all(gateways.map((gateway) => gateway.disconnect()));
    },
  };
}
