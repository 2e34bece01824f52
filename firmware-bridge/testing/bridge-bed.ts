import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Registry } from 'prom-client';
import { vi } from 'vitest';
import { type DeviceFormat, SOURCE_FORMATS, type SourceFormat } from '#contracts/bridge/formats.ts';
import type { Mapping } from '#contracts/bridge/mapping.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import { createLogger } from '#platform/logger.ts';
import { makeTestFolder } from '#platform/testing/service-process.ts';
import { createRevocationWatch } from '#services/broker/follow-revocations.ts';
import { type BrokerFixture, enrolSensors, startBroker } from '#services/broker/testing/broker-fixture.ts';
import { type OperatorsBroker, startOperatorsBroker } from '#sim/networks/operators-broker.ts';
import { sealSecret } from '#store/bridge/seal.ts';
import { createPool } from '#store/connect.ts';
import { openTestDb, type TestDb } from '#store/testing/test-db.ts';
import { type Bridge, type BridgeConfig, createBridge, type MakersMessage } from '../create-bridge.ts';

/** Of the broker and of the bridge, which may run in a process of its own. */
export const BED_KEY = 'the key of the bridge and of its broker';

export type SourceChoice = {
  format: SourceFormat;
  topics?: string[];
  secret?: string;
  mapping?: Mapping;
  announces?: boolean;
};
export type DeviceChoice = {
  sourceId: string;
  address: string;
  format?: DeviceFormat;
  debounceMs?: number;
  motorCounts?: boolean;
  /** Somebody has tried it, and it is mounted the usual way. */
  tested?: boolean;
  /** The operator's own code. */
  codec?: { code: string; mapping: Mapping };
  /** What it signs in as at our own broker. */
  sensorId?: string;
};

export type BridgeBed = {
  test: TestDb;
  folder: string;
  operators: OperatorsBroker;
  broker: () => BrokerFixture;
  bridge: () => Bridge;
  startBridge(more?: Pick<BridgeConfig, 'mostWaiting'>): Promise<Bridge>;
  /** What the bridge that was started last counts. */
  metrics(): Registry;
  stopBridge(): Promise<void>;
  stopBroker(): Promise<void>;
  startBroker(): Promise<void>;
  addSource(choice: SourceChoice): Promise<string>;
  /** @returns the id of its sensor */
  addDevice(choice: DeviceChoice): Promise<string>;
  /** All at once. @returns the ids of their sensors */
  addDevices(choices: readonly DeviceChoice[]): Promise<string[]>;
  /** Waits until the bridge goes by all that was set up and announced before. */
  untilLoaded(): Promise<void>;
  /** Waits until whichever process is the bridge listens to all sources: what a network said before, nobody heard. */
  untilConnected(): Promise<void>;
  /** What our broker has stored of a sensor, but for heartbeats, which are none. */
  events(
    sensorId: string,
  ): Promise<{ type: string; at: Date; retained: boolean; opening: boolean; position: number | null }[]>;
  /** Waits until so many are stored. */
  untilEvents(sensorId: string, count: number): ReturnType<BridgeBed['events']>;
  lastSeen(sensorId: string): Promise<Date | null>;
  /** The one number of a query. */
  count(query: string): Promise<number>;
  stop(): Promise<void>;
};

/** An operator's broker, our own over a database, and the bridge between them. */
export async function openBridgeBed({ clock = systemClock }: { clock?: Clock } = {}): Promise<BridgeBed> {
  const test = await openTestDb();
  const admin = createPool({ connectionString: test.url, size: 2, name: 'bed', onError: () => undefined });
  const folder = await makeTestFolder('bridge');
  const operators = await startOperatorsBroker();
  let bridge: Bridge | undefined;
  let metrics = new Registry();
  const brokerPorts = {
    secretKey: BED_KEY,
    takeMakersMessage: (message: MakersMessage) => bed.bridge().takeMakersMessage(message),
  };
  let broker = await startBroker(test.url, {}, brokerPorts);
  const { port } = new URL(broker.url);
  const ofNow = {
    disconnect: (sensorId: string) => broker.broker.disconnect(sensorId),
    recheck: () => broker.broker.recheck(),
  };
  const revocations = createRevocationWatch(test.url, ofNow, createLogger('silent'));
  await revocations.start();
  const communityId = randomUUID();
  await admin.query(
    `insert into community (id, name, time_zone) values ($1::uuid, $1::text, 'Asia/Shanghai')`,
    [communityId],
  );

  const bed: BridgeBed = {
    test,
    folder,
    operators,
    broker: () => broker,
    bridge: () => {
      if (!bridge) throw new Error('the bridge does not run');
      return bridge;
    },
    metrics: () => metrics,
    async startBridge(more = {}) {
      metrics = new Registry();
      bridge = createBridge(
        { dataDir: folder, brokerUrl: () => broker.url, connectionString: test.url, ...more },
        {
          db: test.db,
          clock,
          logger: createLogger(process.env.PACT_TEST_LOG ?? 'silent'),
          registry: metrics,
          secretKey: Buffer.from(BED_KEY),
        },
      );
      await bridge.start();
      return bridge;
    },
    async stopBridge() {
      await bridge?.stop();
      bridge = undefined;
    },
    stopBroker: () => broker.stop(),
    async startBroker() {
      broker = await startBroker(test.url, { port: Number(port) }, brokerPorts);
    },
    async addSource({ format, topics = [], secret, mapping, announces = false }) {
      const id = randomUUID();
      const { kind } = SOURCE_FORMATS[format];
      await admin.query(
        `insert into source (id, community_id, name, kind, format, url, topics, secret, mapping, announces, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now())`,
        [
          ...[id, communityId, `${format} ${id}`, kind, format],
          ...[kind === 'mqtt' ? operators.url : null, topics],
          secret === undefined ? null : sealSecret(Buffer.from(BED_KEY), secret),
          mapping ?? null,
          announces,
        ],
      );
      await admin.query(`select pg_notify('pact_bridge', '')`);
      return id;
    },
    async addDevice(choice) {
      const [sensorId] = await bed.addDevices([choice]);
      return sensorId ?? '';
    },
    async addDevices(choices) {
      const rows = choices.map((choice) => ({
        ...{
          id: randomUUID(),
          sensor_id: choice.sensorId ?? `s-${randomUUID()}`,
          debounce_ms: choice.debounceMs ?? null,
        },
        ...{ source_id: choice.sourceId, address: choice.address, format: choice.format ?? 'as_told' },
        motor_counts: choice.motorCounts ?? false,
        codec_id: choice.codec ? randomUUID() : null,
        codec: choice.codec ?? null,
      }));
      await admin.query(
        `insert into codec (id, community_id, name, code, sha256, mapping, created_at)
         select codec_id, $2, codec_id, codec->>'code', encode(sha256(convert_to(codec->>'code', 'UTF8')), 'hex'),
           codec->'mapping', now()
         from jsonb_to_recordset($1) as x(codec_id uuid, codec jsonb) where codec_id is not null`,
        [JSON.stringify(rows), communityId],
      );
      const sensorIds = rows.map(({ sensor_id }) => sensor_id);
      await enrolSensors(admin, sensorIds, BED_KEY);
      await admin.query('insert into sensor_state (sensor_id) select unnest($1::text[])', [sensorIds]);
      await admin.query(
        `insert into device (id, source_id, address, format, sensor_id, debounce_ms, motor_counts, codec_id, first_seen_at,
           last_seen_at)
         select id, source_id, address, format, sensor_id, debounce_ms, motor_counts, codec_id, now(), now()
         from jsonb_to_recordset($1) as x(id uuid, source_id uuid, address text, format text, sensor_id text,
           debounce_ms integer, motor_counts boolean, codec_id uuid)`,
        [JSON.stringify(rows)],
      );
      await admin.query('update sensor set polarity_tested_at = now() where id = any ($1::text[])', [
        choices.flatMap(({ tested }, index) => (tested ? [sensorIds[index]] : [])),
      ]);
      await admin.query(`select pg_notify('pact_bridge', '')`);
      return sensorIds;
    },
    async untilLoaded() {
      const before = bed.bridge().status().sources;
      await bed.addSource({ format: 'json_hook' });
      await vi.waitFor(() => {
        if (bed.bridge().status().sources === before) throw new Error('not loaded yet');
      }, 10_000);
    },
    untilConnected: () =>
      vi.waitFor(async () => {
        const away = await bed.count(`select count(*) from source where state <> 'connected'`);
        if (away > 0) throw new Error(`${away} sources are not connected`);
      }, 10_000),
    async events(sensorId) {
      const { rows } = await admin.query(
        'select type, at, retained, opening, position from event where sensor_id = $1 order by id',
        [sensorId],
      );
      return rows;
    },
    untilEvents: (sensorId, count) =>
      vi.waitFor(async () => {
        const events = await bed.events(sensorId);
        if (events.length < count) throw new Error(`${events.length} of ${count}`);
        return events;
      }, 10_000),
    async lastSeen(sensorId) {
      const { rows } = await admin.query('select last_seen_at from sensor_state where sensor_id = $1', [
        sensorId,
      ]);
      return rows[0]?.last_seen_at ?? null;
    },
    async count(query) {
      const { rows } = await admin.query({ text: query, rowMode: 'array' });
      return Number(rows[0]?.[0]);
    },
    async stop() {
      await bed.stopBridge();
      await revocations.stop();
      await broker.stop();
      await operators.stop();
      await admin.end();
      await test.close();
      await rm(folder, { recursive: true });
    },
  };
  return bed;
}
