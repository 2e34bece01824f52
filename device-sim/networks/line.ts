import mqtt, { type MqttClient } from 'mqtt';
import { befalls, type GatewayOptions } from './virtual-gateway.ts';

export type Message = { topic: string; payload: string; qos?: 0 | 1; retain?: boolean };

/** A gateway's connection to its broker. */
export type Line = {
  /** Resolves when the broker has let it in; refused credentials reject. */
  connect(): Promise<void>;
  /** With QoS 1 resolves at the PUBACK and waits while the broker is away; with QoS 0 what cannot be sent is lost. */
  say(message: Message): Promise<void>;
  disconnect(): Promise<void>;
  vanish(): Promise<void>;
};

/** `will` is what the broker says when the gateway vanishes. */
export function createLine(options: GatewayOptions & { clientId: string }, will?: Message): Line {
  let client: MqttClient | undefined;
  const connected = () => {
    if (!client) throw new Error(`${options.clientId} is not connected`);
    return client;
  };

  return {
    async connect() {
      await client?.endAsync();
      client = await mqtt.connectAsync(options.url, {
        clientId: options.clientId,
        protocolVersion: 4,
        reconnectPeriod: 100,
        queueQoSZero: false,
        ...(options.username === undefined ? {} : { username: options.username }),
        ...(options.password === undefined ? {} : { password: options.password }),
        ...(will ? { will: { ...will, payload: Buffer.from(will.payload), qos: will.qos ?? 0 } } : {}),
      });
      // A broker that is away is no fault of the gateway's: it comes again by itself.
      client.on('error', () => undefined);
    },
    async say({ topic, payload, qos = 0, retain = false }) {
      const line = connected();
      const isLost = qos === 0 && (!line.connected || befalls(options.losses));
      if (isLost) return;
      await line.publishAsync(topic, payload, { qos, retain });
      if (qos === 1 && befalls(options.doubles)) await line.publishAsync(topic, payload, { qos, retain });
    },
    async disconnect() {
      await client?.endAsync();
      client = undefined;
    },
    async vanish() {
      client?.stream.destroy();
      await client?.endAsync(true);
      client = undefined;
    },
  };
}
