import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Temporal } from 'temporal-polyfill';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/supervisor.ts';
import { migrateToLatest } from '#store/migrate.ts';
import { findFreePort } from '../free-port.ts';
import type { Bench, BenchOptions } from './bench.ts';
import { type RunningCommand, startCommand } from './command.ts';
import { medianOf } from './median.ts';
import { openWithoutHaste, settleProvince } from './province.ts';
import { type Undo, undoing } from './undo.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TARGETS = { clone: 60, start: 5, recovery: 10 };
const BOARD_AT = /http:\/\/127\.0\.0\.1:\d+/;
const LOOK_EVERY_MS = 20;
const SIZES = [45, 1_000, 10_000, 100_000];
/** Longer than any start takes. */
const MOST_WAIT_MS = 60_000;

/** Seconds of each round. */
type Result = {
  /** `npm run demo` in a fresh clone until the board is there, packages in npm's cache; and again. */
  clone: number[];
  demo: number[];
  /** `npm start` until `/readyz` says ok: with no database yet, with one, and after a kill -9 from the kill on. */
  firstStart: number[];
  start: number[];
  afterKill: number[];
  /** A kill -9 of PostgreSQL under a running service, until `/readyz` says ok again. */
  databaseKilled: number[];
  /** What no start can do without: Node with nothing to do, and PostgreSQL alone. */
  nodeAlone: number[];
  databaseAlone: number[];
  /** `npm start` by the homes in the register, medians. */
  grown: { homes: number; seconds: number }[];
};
type Timed = Exclude<keyof Result, 'grown'>;

async function run({ quick, say }: BenchOptions): Promise<Result> {
  const rounds = quick ? 1 : 3;
  return undoing(async (undo) => {
    const folder = await mkdtemp(join(tmpdir(), 'curtain-pact-start-'));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    const cwd = join(folder, 'clone');
    await promisify(execFile)('git', ['clone', '--quiet', '--depth', '1', `file://${ROOT}`, cwd]);
    const result: Result = {
      clone: [],
      demo: [],
      firstStart: [],
      start: [],
      afterKill: [],
      databaseKilled: [],
      nodeAlone: [],
      databaseAlone: [],
      grown: [],
    };
    const note = (what: Timed, seconds: number) => {
      result[what].push(seconds);
      say(`${what}: ${seconds.toFixed(1)} s`);
    };
    for (let round = 0; round <= rounds; round += 1) {
      const from = performance.now();
      const demo = startCommand(['npm', 'run', '-s', 'demo', '--', '--language', 'en'], { cwd }, undo);
      await demo.says(BOARD_AT);
      note(round === 0 ? 'clone' : 'demo', (performance.now() - from) / 1_000);
      await demo.signal('SIGINT');
    }
    const service = await serviceOf(cwd, join(folder, 'data'), undo);
    note('firstStart', await service.start());
    for (let round = 0; round < rounds; round += 1) {
      await service.stop();
      note('start', await service.start());
      const killedAt = performance.now();
      await service.kill();
      await service.start();
      note('afterKill', (performance.now() - killedAt) / 1_000);
      note('databaseKilled', await service.killDatabase());
    }
    await service.stop();
    for (let round = 0; round < rounds; round += 1) {
      note('nodeAlone', await timed(() => promisify(execFile)(process.execPath, ['-e', '0'])));
      note('databaseAlone', await timeDatabase(join(folder, 'data')));
    }
    for (const homes of quick ? SIZES.slice(0, 1) : SIZES) {
      const dataDir = join(folder, `data-${homes}`);
      await settle(dataDir, homes);
      const grown = await serviceOf(cwd, dataDir, undo);
      const seconds: number[] = [];
      for (let round = 0; round <= rounds; round += 1) {
        seconds.push(await grown.start());
        await grown.stop();
      }
      await rm(dataDir, { recursive: true });
      // The first one opens the day.
      result.grown.push({ homes, seconds: medianOf(seconds.slice(1)) });
      say(`start with ${homes} homes: ${result.grown.at(-1)?.seconds.toFixed(1)} s`);
    }
    return result;
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1_000;
}

async function timeDatabase(dataDir: string): Promise<number> {
  let stop = async () => {};
  const seconds = await timed(async () => {
    ({ stop } = await startEmbeddedPostgres({ dataDir, log: () => undefined }));
  });
  await stop();
  return seconds;
}

/** A register of so many homes, in a data folder that the service then finds. */
async function settle(dataDir: string, homes: number): Promise<void> {
  await undoing(async (undo) => {
    const { connectionString, stop } = await startEmbeddedPostgres({ dataDir, log: () => undefined });
    undo.push(stop);
    await migrateToLatest(connectionString);
    const db = openWithoutHaste(connectionString);
    undo.push(() => db.destroy());
    await settleProvince(db, homes, Temporal.Now.instant(), zoneOfNight());
  });
}

/** Where it is after two at night: nobody is missed yet. By POSIX the sign says how far west it is. */
function zoneOfNight(): string {
  const west = (new Date().getUTCHours() + 24 - 2) % 24;
  return west <= 12 ? `Etc/GMT+${west}` : `Etc/GMT-${24 - west}`;
}

async function serviceOf(cwd: string, dataDir: string, undo: Undo) {
  const port = await findFreePort();
  const env = {
    PACT_DATA_DIR: dataDir,
    PACT_HTTP_PORT: `${port}`,
    PACT_MQTT_PORT: '0',
    PACT_LOG_LEVEL: 'error',
  };
  let running: RunningCommand | undefined;
  const until = async (wanted: boolean) => {
    const isReady = () =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    for (const from = performance.now(); (await isReady()) !== wanted; ) {
      if (performance.now() - from > MOST_WAIT_MS) throw new Error(`/readyz did not come to ${wanted}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  };
  return {
    start: () =>
      timed(async () => {
        running = startCommand(['npm', 'run', '-s', 'start'], { cwd, env }, undo);
        await until(true);
      }),
    stop: async () => running?.signal('SIGTERM'),
    kill: async () => running?.signal('SIGKILL'),
    async killDatabase() {
      const [pid] = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
      return timed(async () => {
        process.kill(Number(pid), 'SIGKILL');
        await until(false);
        await until(true);
      });
    },
  };
}

const ROWS: Record<Timed, string> = {
  clone: '`npm run demo` in a fresh clone, packages in npm’s cache, until the board is there',
  demo: '`npm run demo` after that',
  firstStart: '`npm start` with no database yet, until `/readyz` says ok',
  start: '`npm start` with a database',
  afterKill: 'kill -9 of the service and `npm start`, from the kill on',
  databaseKilled: 'kill -9 of PostgreSQL under a running service, until `/readyz` says ok again',
  nodeAlone: 'for comparison: Node with nothing to do',
  databaseAlone: 'for comparison: PostgreSQL alone, on the service’s data',
};
const PROMISED = {
  clone: TARGETS.clone,
  demo: TARGETS.start,
  start: TARGETS.start,
  afterKill: TARGETS.recovery,
  databaseKilled: TARGETS.recovery,
} satisfies Partial<Record<Timed, number>>;

/** Starts as people start it, in a clone of the last commit; that a killed one loses nothing is a test's matter. */
export const bench: Bench<Result> = {
  title: 'Cold start and recovery',
  seconds: 150,
  run,
  toMarkdown: (result) =>
    [
      '| from the command on | s, each round |',
      '|---|--:|',
      ...(Object.keys(ROWS) as Timed[]).map(
        (what) => `| ${ROWS[what]} | ${result[what].map((one) => one.toFixed(1)).join(', ')} |`,
      ),
      ...result.grown.map(
        ({ homes, seconds }) =>
          `| \`npm start\` with ${homes.toLocaleString('en')} homes in the register, median | ${seconds.toFixed(1)} |`,
      ),
    ].join('\n'),
  toCurves: ({ grown, nodeAlone, databaseAlone }) => ({
    title: 'npm start until /readyz says ok',
    x: { label: 'homes in the register', scale: 'log' },
    y: { label: 'seconds', scale: 'linear' },
    series: [
      { name: 'start', points: grown.map(({ homes, seconds }) => [homes, seconds]) },
      {
        name: 'Node and PostgreSQL alone',
        points: grown.map(({ homes }) => [homes, medianOf(nodeAlone) + medianOf(databaseAlone)]),
      },
      { name: 'target', points: grown.map(({ homes }) => [homes, TARGETS.start]), isTarget: true },
    ],
  }),
  targets: (result) =>
    (Object.keys(PROMISED) as (keyof typeof PROMISED)[]).map((what) => {
      const longest = Math.max(...result[what]);
      return {
        what: ROWS[what],
        target: `≤ ${PROMISED[what]} s`,
        measured: `${longest.toFixed(1)} s`,
        met: longest <= PROMISED[what],
      };
    }),
};
