import { createChirpstack } from '../networks/chirpstack.ts';
import { type Ctwing, createCtwing } from '../networks/ctwing.ts';
import { createJsonHook, type JsonHook } from '../networks/json-hook.ts';
import type { LorawanNetwork } from '../networks/lorawan-network.ts';
import { createOnenet, type Onenet } from '../networks/onenet.ts';
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
  ctwing: Ctwing;
  onenet: Onenet;
  jsonHook: JsonHook;
  /** Says goodbye for all that is shared. */
  close(): Promise<void>;
};

/** Where a carrier or a program pushes to, and what it is let in by. */
export type PushAddress = { url: string; secret: string };

export type EstateOptions = {
  url: string;
  pactUrl: string;
  ctwing: PushAddress;
  onenet: PushAddress;
  jsonHook: PushAddress;
  random: SeededRandom;
};

/** Puts an estate's gateways up, each with a connection of its own to the operator's broker, and the carriers' pushes. */
export async function openEstate(options: EstateOptions, now: number): Promise<Estate> {
  const { url, pactUrl, random, ctwing, onenet, jsonHook } = options;
  const shared = {
    chirpstack: createChirpstack({ url, random, servers: 2 }),
    thingsStack: createThingsStack({ url }),
    zigbee2mqtt: createZigbee2mqtt({ url }),
    tasmotaZigbee: createTasmotaZigbee({ url, topic: 'zigbee-bridge' }),
    openmqttgateway: createOpenmqttgateway({ url }),
  };
  const gateways: VirtualGateway[] = Object.values(shared);
  await Promise.all(gateways.map((gateway) => gateway.connect(now)));
  const carriers = {
    // It signs nothing: what lets it in stands in the address.
    ctwing: createCtwing({ url: `${ctwing.url}/${ctwing.secret}` }),
    onenet: createOnenet({ url: onenet.url, token: onenet.secret, random }),
    jsonHook: createJsonHook(jsonHook),
  };
  if (!(await carriers.onenet.isAddressAccepted())) throw new Error('OneNET does not accept our address.');
  return {
    url,
    pactUrl,
    ...shared,
    ...carriers,
    async close() {
      await Promise.all(gateways.map((gateway) => gateway.disconnect()));
    },
  };
}
