import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { BRIDGE_USERNAME, bridgePassword } from '#platform/bridge-password.ts';
import { startChildService } from '../testing/child-service.ts';
import { type Bed, machine, versions, withBed } from './bed.ts';
import type { BridgeLoadAnswer, BridgeLoadOrder } from './bridge-load.ts';

const DEVICES = 2_000;
const COUNT = 10_000;
const ROUNDS = 5;
const OFFERED = 500;

export type BridgeBenchResult = {
  machine: string;
  loadBefore: number;
  versions: Record<string, string>;
  /** Events a second that our broker takes from one client, and that come through the bridge. Medians of rounds. */
  direct: number;
  bridged: number;
  ratio: number;
  /** At so many uplinks a second: milliseconds from the network's time to our broker's receipt. */
  offered: { perSecond: number; p50: number; p99: number };
};

/**
 * The whole bridge — an operator's broker, ChirpStack's messages, the decoder, the decision, its memory, our broker, the
 * database — against our own broker hearing the same events from one client, in alternating rounds. Bridge, load and
 * broker are processes of their own.
 */
export async function run(): Promise<BridgeBenchResult> {
  const loadBefore = loadavg()[0] ?? 0;
  return withBed({ sensors: DEVICES * 2, secretKey: KEY }, async (bed, undo) => {
    const load = fork(fileURLToPath(new URL('./bridge-load.ts', import.meta.url)));
    undo.push(() => load.kill());
    const [hello] = (await once(load, 'message')) as [{ url: string }];
    const tell = async (order: BridgeLoadOrder): Promise<number> => {
      load.send(order);
      const [answer] = (await once(load, 'message')) as [BridgeLoadAnswer];
      return 'ms' in answer ? answer.ms : 0;
    };
    const url = `mqtt://127.0.0.1:${bed.broker.addresses().tcp?.port}`;
    await enrolDevices(bed, hello.url);
    const bridge = await startChildService({
      env: {
        DATABASE_URL: bed.connectionString,
        PACT_DATA_DIR: bed.folder,
        PACT_SECRET: KEY,
        PACT_SERVICES: 'bridge',
        PACT_BRIDGE_BROKER_URL: url,
      },
      time: { start: new Date().toISOString(), wallMs: Date.now(), speed: 1 },
    });
    undo.push(() => bridge.stop());

    const direct: number[] = [];
    const bridged: number[] = [];
    let from = 0;
    for (let round = 0; round <= ROUNDS; round += 1, from += COUNT) {
      const common = { devices: DEVICES, from, count: COUNT };
      const ms = await tell({
        kind: 'direct',
        url,
        username: BRIDGE_USERNAME,
        password: bridgePassword(KEY),
        ...common,
      });
      const before = await countEvents(bed);
      const startedAt = performance.now();
      await tell({ kind: 'network', ...common });
      while ((await countEvents(bed)) < before + COUNT)
        await new Promise((resolve) => setTimeout(resolve, 20));
      // The first round warms up, and its first reports are snapshots.
      if (round === 0) continue;
      direct.push((COUNT * 1_000) / ms);
      bridged.push((COUNT * 1_000) / (performance.now() - startedAt));
    }
    const mark = await lastEvent(bed);
    await tell({ kind: 'network', devices: DEVICES, from, count: OFFERED * 10, perSecond: OFFERED });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return {
      machine: machine(),
      loadBefore,
      versions: await versions(bed.pool),
      direct: medianOf(direct),
      bridged: medianOf(bridged),
      ratio: medianOf(bridged) / medianOf(direct),
      offered: { perSecond: OFFERED, ...(await readDelays(bed, mark)) },
    };
  });
}

const KEY = 'the key of the bench of the bridge, and of its broker';

/** The first half of the sensors is told of by the bridge's devices, the other by the direct client. */
async function enrolDevices({ pool }: Bed, url: string): Promise<void> {
  const [communityId, sourceId] = [randomUUID(), randomUUID()];
  await pool.query(
    `insert into community (id, name, time_zone) values ($1::uuid, $1::text, 'Asia/Shanghai')`,
    [communityId],
  );
  await pool.query(
    `insert into source (id, community_id, name, kind, format, url, created_at)
     values ($1, $2, 'bench', 'mqtt', 'chirpstack', $3, now())`,
    [sourceId, communityId, url],
  );
  await pool.query('insert into sensor_state (sensor_id) select id from sensor');
  await pool.query(
    `insert into device (id, source_id, address, format, sensor_id, first_seen_at, last_seen_at)
     select gen_random_uuid(), $1, upper('24e124' || lpad(n::text, 10, '0')), 'milesight_ws301', 'bench-' || n, now(), now()
     from generate_series(0, $2::int - 1) n`,
    [sourceId, DEVICES * 2],
  );
}

const countEvents = async ({ pool }: Bed): Promise<number> =>
  Number((await pool.query('select count(*) as n from event')).rows[0]?.n);

const lastEvent = async ({ pool }: Bed): Promise<number> =>
  Number((await pool.query('select max(id) as id from event')).rows[0]?.id);

async function readDelays({ pool }: Bed, after: number): Promise<{ p50: number; p99: number }> {
  const { rows } = await pool.query(
    `select percentile_cont(array[0.5, 0.99]) within group (order by extract(epoch from received_at - at) * 1000) as p
     from event where id > $1`,
    [after],
  );
  const [p50, p99] = rows[0]?.p ?? [];
  return { p50, p99 };
}

const medianOf = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

export function toMarkdown(result: BridgeBenchResult): string {
  const { direct, bridged, ratio, offered } = result;
  return [
    `${result.machine}, load before ${result.loadBefore.toFixed(1)}; ${Object.entries(result.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
    '',
    '| what | result |',
    '|---|--:|',
    `| our broker, the same events from one client | ${direct.toFixed(0)}/s |`,
    `| through the bridge, from network to database | ${bridged.toFixed(0)}/s |`,
    `| ratio | ${ratio.toFixed(2)} |`,
    `| at ${offered.perSecond} uplinks/s: network's time to our broker's receipt | p50 ${offered.p50.toFixed(0)} ms, p99 ${offered.p99.toFixed(0)} ms |`,
  ].join('\n');
}
