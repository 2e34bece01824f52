import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type pg from 'pg';
import { Registry } from 'prom-client';
import { SOURCE_FORMATS, type SourceFormat } from '#contracts/bridge/formats.ts';
import { eventTopic } from '#contracts/mqtt/topics.ts';
import { BRIDGE_USERNAME, bridgePassword } from '#platform/bridge-password.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import { createLogger } from '#platform/logger.ts';
import { hashSensorSecret } from '#platform/sensor-secret.ts';
import { createPool } from '#store/connect.ts';
import { type Broker, type BrokerConfig, type BrokerPorts, createBroker } from '../broker.ts';

const SECRET_KEY = 'the key of the tests';

export type BrokerFixture = {
  broker: Broker;
  pool: pg.Pool;
  registry: Registry;
  url: string;
  /** A connected sensor, which does not connect again by itself. */
  connect(sensorId: string, options?: IClientOptions): Promise<MqttClient>;
  /** The firmware-bridge, as a client that does not connect again by itself. */
  connectBridge(options?: IClientOptions): Promise<MqttClient>;
  socket(): Promise<Socket>;
  refusals(): Promise<Record<string, number>>;
  stop(): Promise<void>;
};

/** A broker on a free port over a test's database. */
export async function startBroker(
  databaseUrl: string,
  config: Partial<BrokerConfig> = {},
  ports: Partial<BrokerPorts> & { clock?: Clock } = {},
): Promise<BrokerFixture> {
  const pool = createPool({
    connectionString: databaseUrl,
    size: 4,
    name: 'broker',
    onError: () => undefined,
  });
  const registry = new Registry();
  const broker = createBroker(
    { host: '127.0.0.1', port: 0, wsPort: undefined, tls: undefined, maxConnections: 1_000, ...config },
    {
      pool,
      clock: systemClock,
      logger: createLogger('silent'),
      registry,
      secretKey: SECRET_KEY,
      touch: async () => undefined,
      ...ports,
    },
  );
  await broker.start();
  const port = broker.addresses().tcp?.port ?? 0;
  const url = `mqtt://127.0.0.1:${port}`;
  const clients: MqttClient[] = [];
  const connectAs = async (username: string, options: IClientOptions): Promise<MqttClient> => {
    const client = await connectSensor(url, username, options);
    clients.push(client);
    return client;
  };
  return {
    broker,
    pool,
    registry,
    url,
    connect: (sensorId, options = {}) => connectAs(sensorId, options),
    connectBridge: (options = {}) =>
      connectAs(BRIDGE_USERNAME, { password: bridgePassword(SECRET_KEY), ...options }),
    socket: () =>
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => resolve(socket)).on('error', reject);
      }),
    async refusals() {
      const metric = await registry.getSingleMetric('pact_broker_refused_total')?.get();
      const counted = metric?.values.filter(({ value }) => value > 0) ?? [];
      return Object.fromEntries(counted.map(({ labels, value }) => [labels.reason, value]));
    },
    async stop() {
      for (const client of clients) client.end(true);
      await broker.stop();
      await pool.end();
    },
  };
}

export const secretOf = (sensorId: string): string => `secret of ${sensorId}`;

export function connectSensor(
  url: string,
  sensorId: string,
  options: IClientOptions = {},
): Promise<MqttClient> {
  const client = mqtt.connect(url, {
    clientId: sensorId,
    username: sensorId,
    password: secretOf(sensorId),
    reconnectPeriod: 0,
    ...options,
  });
  return new Promise((resolve, reject) => {
    client.once('connect', () => resolve(client));
    client.once('error', reject);
    client.once('close', () => reject(new Error('closed')));
    client.on('error', () => undefined);
  });
}

export async function enrolSensors(
  pool: pg.Pool,
  sensorIds: readonly string[],
  key = SECRET_KEY,
): Promise<void> {
  await pool.query(
    `insert into sensor (id, secret_hash, enrolled_at) select *, now() from unnest($1::text[], $2::bytea[])
     on conflict (id) do nothing`,
    [sensorIds, sensorIds.map((id) => hashSensorSecret(key, id, secretOf(id)))],
  );
}

/** A source in a community of its own, and a device of it for each sensor. */
export async function pairDevices(
  pool: pg.Pool,
  sensorIds: readonly string[],
  format: SourceFormat = 'zigbee2mqtt',
): Promise<void> {
  const [communityId, sourceId] = [randomUUID(), randomUUID()];
  await pool.query(
    `insert into community (id, name, time_zone) values ($1::uuid, $1::text, 'Asia/Shanghai')`,
    [communityId],
  );
  await pool.query(
    `insert into source (id, community_id, name, kind, format, created_at) values ($1, $2, 'source', $3, $4, now())`,
    [sourceId, communityId, SOURCE_FORMATS[format].kind, format],
  );
  await pool.query(
    `insert into device (id, source_id, address, sensor_id, first_seen_at, last_seen_at)
     select gen_random_uuid(), $1, id, id, now(), now() from unnest($2::text[]) as id`,
    [sourceId, sensorIds],
  );
}

/** Publishes with QoS 1 and resolves at the PUBACK. */
export const say = (client: MqttClient, sensorId: string, payload: object | string | Buffer) =>
  client.publishAsync(
    eventTopic(sensorId),
    typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
    { qos: 1 },
  );

export const closed = (client: MqttClient): Promise<void> =>
  new Promise((resolve) => {
    if (client.disconnected) resolve();
    else client.once('close', () => resolve());
  });
