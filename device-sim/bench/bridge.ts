import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { BRIDGE_USERNAME, bridgePassword } from '#platform/bridge-password.ts';
import type { Broker } from '#services/broker/broker.ts';
import { startChildService } from '../town/child-service.ts';
import { type Bed, startBroker, withBed } from './bed.ts';
import type { Bench, BenchOptions } from './bench.ts';
import type { BridgeLoadOrder } from './bridge-load.ts';
import { ask } from './load-process.ts';
import { medianOf } from './median.ts';

const DEVICES = 2_000;
const COUNT = 10_000;
const ROUNDS = 5;
const OFFERED = [125, 500, 2_000];
const OFFERED_SECONDS = 8;

type Result = {
  /** Events a second that our broker takes from one client, and that come through the bridge. Medians of rounds. */
  direct: number;
  bridged: number;
  ratio: number;
  /** At so many uplinks a second: milliseconds from the network's time to our broker's receipt. */
  offered: { perSecond: number; p50: number; p99: number }[];
};

async function run({ quick }: BenchOptions): Promise<Result> {
  const rounds = quick ? 1 : ROUNDS;
  return withBed({ sensors: DEVICES * 2, secretKey: KEY }, async (bed, undo) => {
    const load = fork(fileURLToPath(new URL('./bridge-load.ts', import.meta.url)));
    undo.push(() => load.kill());
    const hello = (await ask(load)) as { url: string };
    const tell = async (order: BridgeLoadOrder) => ((await ask(load, order)) as { ms: number }).ms;
    await enrolDevices(bed, hello.url);
    // One of its own for the client: the bridge would send it away from the bridge's, for both sign in as the bridge.
    const directBroker = await startBroker(bed.pool, { secretKey: KEY }, undo);
    const bridge = await startChildService({
      env: {
        DATABASE_URL: bed.connectionString,
        PACT_DATA_DIR: bed.folder,
        PACT_SECRET: KEY,
        PACT_SERVICES: 'bridge',
        PACT_BRIDGE_BROKER_URL: urlOf(bed.broker),
      },
      time: { start: new Date().toISOString(), wallMs: Date.now(), speed: 1 },
    });
    undo.push(() => bridge.stop());

    const untilStored = async (events: number) => {
      while ((await countEvents(bed)) < events) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const direct: number[] = [];
    const bridged: number[] = [];
    let from = 0;
    for (let round = 0; round <= rounds; round += 1, from += COUNT) {
      const common = { devices: DEVICES, from, count: COUNT };
      const ms = await tell({
        kind: 'direct',
        url: urlOf(directBroker),
        username: BRIDGE_USERNAME,
        password: bridgePassword(KEY),
        ...common,
      });
      const before = await countEvents(bed);
      const startedAt = performance.now();
      await tell({ kind: 'network', ...common });
      await untilStored(before + COUNT);
      // The first round warms up, and its first reports are snapshots.
      if (round === 0) continue;
      direct.push((COUNT * 1_000) / ms);
      bridged.push((COUNT * 1_000) / (performance.now() - startedAt));
    }
    const offered: Result['offered'] = [];
    for (const perSecond of OFFERED) {
      const count = perSecond * (quick ? 2 : OFFERED_SECONDS);
      const mark = await lastEvent(bed);
      const before = await countEvents(bed);
      await tell({ kind: 'network', devices: DEVICES, from, count, perSecond });
      from += count;
      await untilStored(before + count);
      offered.push({ perSecond, ...(await readDelays(bed, mark)) });
    }
    return {
      direct: medianOf(direct),
      bridged: medianOf(bridged),
      ratio: medianOf(bridged) / medianOf(direct),
      offered,
    };
  });
}

const urlOf = (broker: Broker): string => `mqtt://127.0.0.1:${broker.addresses().tcp?.port}`;

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

/**
 * The whole bridge — an operator's broker, ChirpStack's messages, the decoder, the decision, its memory, our broker, the
 * database — against our own broker hearing the same events from one client, in alternating rounds. Bridge, load and
 * broker are processes of their own.
 */
export const bench: Bench<Result> = {
  title: 'The whole bridge',
  seconds: 75,
  run,
  toMarkdown: ({ direct, bridged, ratio, offered }) =>
    [
      '| what | result |',
      '|---|--:|',
      `| our broker, the same events from one client | ${Math.round(direct).toLocaleString('en')}/s |`,
      `| through the bridge, from network to database | ${Math.round(bridged).toLocaleString('en')}/s |`,
      `| ratio | ${ratio.toFixed(2)} |`,
      ...offered.map(
        ({ perSecond, p50, p99 }) =>
          `| at ${perSecond} uplinks/s: network's time to our broker's receipt | p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms |`,
      ),
    ].join('\n'),
  toCurves: ({ offered }) => ({
    title: 'The whole bridge: delay by rate',
    x: { label: 'uplinks a second', scale: 'log' },
    y: { label: 'milliseconds from the network to our broker', scale: 'linear' },
    series: [
      { name: 'p50', points: offered.map(({ perSecond, p50 }) => [perSecond, p50]) },
      { name: 'p99', points: offered.map(({ perSecond, p99 }) => [perSecond, p99]) },
    ],
  }),
};
