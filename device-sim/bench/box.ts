import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Temporal } from 'temporal-polyfill';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';
import { loadServerKey } from '#platform/server-key.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import { migrateToLatest } from '#store/migrate.ts';
import { enrolNeighbourhood } from '../enrol.ts';
import { findFreePort } from '../free-port.ts';
import { inventNeighbourhood } from '../neighbourhood.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { createVirtualSensor, type SensorCredentials } from '../virtual-sensor.ts';
import type { Bench, BenchOptions } from './bench.ts';
import { startCommand } from './command.ts';
import { findServer, readCpu, readServerCpu } from './cpu-time.ts';
import { readStartFlags } from './machine.ts';
import { readMemory } from './process-memory.ts';
import { type Undo, undoing } from './undo.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SECRET = 'a secret of thirty-two characters, for the bench';
/** Thirty times as often as a sensor has to speak. */
const HEARTBEAT_EVERY_MS = 60_000;
const LOOKS = 6;
const SIZES = { full: { settleMs: 20_000, watchMs: 180_000 }, quick: { settleMs: 3_000, watchMs: 12_000 } };
const TARGETS = { residentMb: 300, cpuPct: 2 };

type Held = { service: number; database: number };
type Look = {
  seconds: number;
  /** Resident megabytes; in `shared` PostgreSQL's processes count a page that they share once. */
  resident: Held;
  shared: Held;
  /** Shares of a core since the beginning. */
  cpuPct: Held;
};
type Result = { homes: number; watchedSeconds: number; looks: Look[] };

async function run({ quick, say }: BenchOptions): Promise<Result> {
  const { settleMs, watchMs } = SIZES[quick ? 'quick' : 'full'];
  return undoing(async (undo) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'curtain-pact-box-'));
    undo.push(() => rm(dataDir, { recursive: true, force: true }));
    const credentials = await enrolHomes(dataDir);
    const { pid, mqtt } = await startService(dataDir, undo);
    await plugIn(credentials, mqtt, undo);
    await sleep(settleMs);
    const directory = join(dataDir, 'postgres');
    const readUsed = async (): Promise<Held> => ({
      service: await readCpu(pid),
      database: (await readServerCpu(directory)) ?? Number.NaN,
    });
    const startedAt = performance.now();
    const before = await readUsed();
    const looks: Look[] = [];
    for (let look = 1; look <= LOOKS; look += 1) {
      await sleep(watchMs / LOOKS);
      const used = await readUsed();
      const ms = performance.now() - startedAt;
      const share = (part: keyof Held) => (used[part] - before[part]) / ms / 10;
      const own = await readMemory(pid);
      const server = await Promise.all((await findServer(directory)).map(readMemory));
      const sum = (kind: 'resident' | 'proportional') =>
        server.reduce((all, held) => all + held[kind], 0) / 1e6;
      looks.push({
        seconds: ms / 1_000,
        resident: { service: own.resident / 1e6, database: sum('resident') },
        // The service shares only Node itself, and that with the bench.
        shared: { service: own.resident / 1e6, database: sum('proportional') },
        cpuPct: { service: share('service'), database: share('database') },
      });
      say(`after ${Math.round(ms / 1_000)} s: ${total(looks.at(-1)?.shared).toFixed(0)} MB`);
    }
    return { homes: credentials.length, watchedSeconds: watchMs / 1_000, looks };
  });
}

/** The demo's 45 homes, a sensor in each, in a data folder that the service then finds. */
async function enrolHomes(dataDir: string): Promise<SensorCredentials[]> {
  return undoing(async (undo) => {
    const { connectionString, stop } = await startEmbeddedPostgres({ dataDir, log: () => undefined });
    undo.push(stop);
    await migrateToLatest(connectionString);
    const db = createDatabase(
      createPool({ connectionString, size: 2, name: 'bench', onError: () => undefined }),
    );
    undo.push(() => db.destroy());
    const neighbourhood = inventNeighbourhood(createSeededRandom(1));
    const credentials = await enrolNeighbourhood(db, neighbourhood, {
      key: await loadServerKey('', SECRET),
      timeZone: 'Asia/Shanghai',
      language: 'zh-CN',
      withSensor: new Set(neighbourhood.homes.map(({ code }) => code)),
      onLeave: new Set(),
      now: Temporal.Now.instant(),
    });
    return [...credentials.values()];
  });
}

/** As the container image starts it. */
async function startService(dataDir: string, undo: Undo): Promise<{ pid: number; mqtt: string }> {
  const [http, mqtt] = [await findFreePort(), await findFreePort()];
  const env = {
    PACT_DATA_DIR: dataDir,
    PACT_SECRET: SECRET,
    PACT_HTTP_PORT: `${http}`,
    PACT_MQTT_PORT: `${mqtt}`,
    NODE_ENV: 'production',
  };
  const command = [process.execPath, ...(await readStartFlags()), 'services/main.ts'] as const;
  const { pid } = startCommand(command, { cwd: ROOT, env }, undo);
  const isReady = () =>
    fetch(`http://127.0.0.1:${http}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) await sleep(50);
  return { pid, mqtt: `mqtt://127.0.0.1:${mqtt}` };
}

/** Sensors that say only that they live, each in its own second. */
async function plugIn(credentials: readonly SensorCredentials[], url: string, undo: Undo): Promise<void> {
  const sensors = credentials.map((own) => createVirtualSensor(own, { url }));
  undo.push(() => Promise.all(sensors.map((sensor) => sensor.vanish())));
  await Promise.all(sensors.map((sensor) => sensor.connect()));
  let next = 0;
  const beating = setInterval(() => {
    sensors[next % sensors.length]?.report({ type: 'heartbeat', battery: 90 }).catch((error: unknown) => {
      console.error(error);
    });
    next += 1;
  }, HEARTBEAT_EVERY_MS / sensors.length);
  undo.push(() => clearInterval(beating));
}

const total = (held: Held | undefined) => (held ? held.service + held.database : Number.NaN);
const most = (looks: readonly Look[], kind: 'resident' | 'shared'): number =>
  Math.max(...looks.map((look) => total(look[kind])));

/** What a box costs whose homes are all at rest: the service with the PostgreSQL of its own, no board open. */
export const bench: Bench<Result> = {
  title: 'One box, idle',
  seconds: 215,
  run,
  toMarkdown: ({ homes, watchedSeconds, looks }) => {
    const last = looks.at(-1);
    if (!last) return '';
    const row = (name: string, part: keyof Held) =>
      `| ${name} | ${Math.round(last.resident[part])} | ${Math.round(last.shared[part])} | ${last.cpuPct[part].toFixed(2)} |`;
    return [
      `${homes} homes, a heartbeat of each a minute; ${watchedSeconds} s.`,
      '',
      '| process | resident MB | with shared pages divided, MB | % of a core |',
      '|---|--:|--:|--:|',
      row('service', 'service'),
      row('PostgreSQL, all its processes', 'database'),
      `| together | ${Math.round(total(last.resident))} | ${Math.round(total(last.shared))} | ${total(last.cpuPct).toFixed(2)} |`,
    ].join('\n');
  },
  toCurves: ({ looks }) => ({
    title: 'One box, idle: memory by time',
    x: { label: 'seconds', scale: 'linear' },
    y: { label: 'MB, shared pages counted once', scale: 'linear' },
    series: [
      { name: 'together', points: looks.map(({ seconds, shared }) => [seconds, total(shared)]) },
      { name: 'service', points: looks.map(({ seconds, shared }) => [seconds, shared.service]) },
      { name: 'PostgreSQL', points: looks.map(({ seconds, shared }) => [seconds, shared.database]) },
      { name: 'target', isTarget: true, points: looks.map(({ seconds }) => [seconds, TARGETS.residentMb]) },
    ],
  }),
  targets: ({ looks }) => {
    const [mb, cpu] = [most(looks, 'shared'), total(looks.at(-1)?.cpuPct)];
    return [
      {
        what: 'resident in all, pages that are shared counted once',
        target: `≤ ${TARGETS.residentMb} MB`,
        measured: `${Math.round(mb)} MB`,
        met: mb <= TARGETS.residentMb,
      },
      {
        what: 'processor',
        target: `≤ ${TARGETS.cpuPct} % of a core`,
        measured: `${cpu.toFixed(2)} %`,
        met: cpu <= TARGETS.cpuPct,
      },
    ];
  },
};
