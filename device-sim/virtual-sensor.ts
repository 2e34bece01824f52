import mqtt, { type MqttClient } from 'mqtt';
import { eventTopic, statusTopic } from '#contracts/mqtt/topics.ts';

export type SensorCredentials = { sensorId: string; secret: string };

/** What a sensor says; without `at` the time of its arrival counts. */
export type SensorReport = {
  type: 'opened' | 'closed' | 'position' | 'tamper' | 'heartbeat';
  at?: string;
  position?: number;
  battery?: number;
};

/** One publish as the sensor saw it, at `sentMs` of the process's own time; `ackMs` is the wall time to its PUBACK. */
export type SentEvent = {
  sensorId: string;
  seq: number;
  type: string;
  sentMs: number;
  ackMs: number | undefined;
};

export type VirtualSensor = {
  readonly sensorId: string;
  readonly sent: readonly SentEvent[];
  /** Resolves when the broker has let it in and heard that it is online; refused credentials reject. */
  connect(): Promise<void>;
  /** Sends with QoS 1 and resolves at the PUBACK; while the broker is away the report waits in the device. */
  report(report: SensorReport): Promise<void>;
  /** Says goodbye as a device does that is switched off. */
  disconnect(): Promise<void>;
  /** Gone at once without a word: a flat battery, a pulled plug. */
  vanish(): Promise<void>;
};

export type SensorOptions = {
  url: string;
  /** The number of its last report, kept by the device across a reboot. */
  lastSeq?: number;
  reconnectMs?: number;
};

/** A curtain sensor over real MQTT with credentials of its own, speaking the contract of DESIGN §6. */
export function createVirtualSensor(credentials: SensorCredentials, options: SensorOptions): VirtualSensor {
  const { sensorId } = credentials;
  const sent: SentEvent[] = [];
  let seq = options.lastSeq ?? 0;
  let client: MqttClient | undefined;

  return {
    sensorId,
    sent,
    async connect() {
      client = mqtt.connect(options.url, {
        clientId: sensorId,
        username: sensorId,
        password: credentials.secret,
        protocolVersion: 4,
        keepalive: 60,
        connectTimeout: 10_000,
        reconnectPeriod: options.reconnectMs ?? 1_000,
        will: { topic: statusTopic(sensorId), payload: Buffer.from('offline'), qos: 1, retain: false },
      });
      await accepted(client);
      await client.publishAsync(statusTopic(sensorId), 'online', { qos: 1 });
    },
    async report(report) {
      if (!client) throw new Error(`sensor ${sensorId} is not connected`);
      seq += 1;
      const entry: SentEvent = {
        ...{ sensorId, seq, type: report.type },
        ...{ sentMs: performance.now(), ackMs: undefined },
      };
      sent.push(entry);
      await client.publishAsync(eventTopic(sensorId), JSON.stringify({ ...report, seq }), { qos: 1 });
      entry.ackMs = performance.now() - entry.sentMs;
    },
    async disconnect() {
      await client?.endAsync();
    },
    async vanish() {
      client?.stream.destroy();
      await client?.endAsync(true);
    },
  };
}

/**
 * The first connection that the broker accepts. One that is away is the client's own affair, it comes again
 * until it is let in; a refusal by CONNACK is an answer.
 */
const accepted = (client: MqttClient): Promise<void> =>
  new Promise((resolve, reject) => {
    client.on('error', (error) => {
      const isRefusal = 'code' in error && typeof error.code === 'number';
      if (isRefusal) reject(error);
    });
    client.once('connect', () => resolve());
  });

/** The reports that the ledger of events counts: heartbeats only say that the device lives. */
export const isEvent = (sent: SentEvent): boolean => sent.type !== 'heartbeat';
