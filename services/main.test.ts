import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectAsync } from 'mqtt';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { eventTopic } from '#contracts/mqtt/topics.ts';
import { ensureBoardBuilt } from '#platform/ensure-board-built.ts';
import { createTestDatabase } from '#platform/testing/postgres.ts';
import { makeTestFolder, query } from '#platform/testing/service-process.ts';
import { MIGRATIONS } from '#store/migrations/index.ts';
import { runPact } from './cli/testing/run-pact.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const PORTS = { PACT_HTTP_PORT: '0', PACT_MQTT_PORT: '0' };
/** All that a process gets of the tester's own environment. */
const KEPT = {
  PATH: process.env.PATH ?? '',
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
};

/** Mosquitto comes with no npm package: where the machine has none, its test is left out by name. */
const isMosquittoInstalled = spawnSync('mosquitto_pub', ['--help']).error === undefined;

const started: ChildProcess[] = [];
// Of a test that failed half-way; it stops its PostgreSQL with it.
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGTERM');
});

function startMain(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], {
    cwd: '/',
    env: { ...KEPT, PACT_LANGUAGE: 'en', ...PORTS, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  started.push(child);
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const lines: string[] = [];
  const isRunning = Promise.withResolvers<void>();
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (line.startsWith('Curtain Pact is running')) isRunning.resolve();
  });
  return {
    pid: child.pid,
    lines,
    exited,
    /** What it says that looks like this; its last lines may still be on their way. */
    find: (pattern: RegExp) =>
      vi.waitFor(() => {
        const [found] = pattern.exec(lines.join('\n')) ?? [];
        if (found === undefined) throw new Error(`it did not say ${pattern}`);
        return found;
      }),
    running: () =>
      Promise.race([
        isRunning.promise,
        exited.then(() => Promise.reject(new Error(`it ended:\n${lines.join('\n')}`))),
      ]),
    async interrupt() {
      child.kill('SIGINT');
      const from = performance.now();
      const [code, signal] = await exited;
      return { code, signal, afterMs: performance.now() - from };
    },
  };
}

/** Programs that run over the folder. */
async function programsOver(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    // A program may end between the two looks.
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return commands.map((command) => command.replaceAll('\0', ' ')).filter((each) => each.includes(folder));
}

beforeAll(() => ensureBoardBuilt(() => undefined), 120_000);

describe.runIf(process.platform === 'linux')('Ctrl-C during the start', () => {
  const moments = [300, 700, 1_000, 1_300, 1_700, 2_100, 2_500];

  test('leaves no PostgreSQL, no lock and nothing half-made behind, whenever it comes', {
    timeout: 180_000,
  }, async () => {
    const interrupt = async (
      order: 'a new data folder' | 'the same again',
      folder: string,
      moment: number,
    ) => {
      const main = startMain({ PACT_DATA_DIR: folder });
      await wait(moment);
      const { code, signal, afterMs } = await main.interrupt();
      const said = `${order}, ${moment} ms:\n${main.lines.join('\n')}`;
      // Before its first line it has opened nothing, and ends by the signal itself.
      expect([code, signal], said).toEqual(main.lines.includes('Stopping …') ? [0, null] : [null, 'SIGINT']);
      expect(afterMs, said).toBeLessThan(5_000);
      expect(await programsOver(folder), said).toEqual([]);
      const left = await readdir(folder, { recursive: true });
      expect(
        left.filter((name) => /postmaster\.pid|\.new-|initdb/.test(name)),
        said,
      ).toEqual([]);
    };
    const [latest = 0, ...earlier] = moments.toReversed();
    const last = await makeTestFolder('start');
    await interrupt('a new data folder', last, latest);
    // Side by side, for each waits more than it works.
    await Promise.all([
      (async () => {
        for (const moment of earlier)
          await interrupt('a new data folder', await makeTestFolder('start'), moment);
      })(),
      (async () => {
        for (const moment of moments) await interrupt('the same again', last, moment);
      })(),
    ]);
    const main = startMain({ PACT_DATA_DIR: last });
    await main.running();
    await main.find(/"event":"broker\.listening","on":\["tcp 127\.0\.0\.1:\d+"\]/);
    expect((await main.interrupt()).code).toBe(0);
    expect(await programsOver(last)).toEqual([]);
  });
});

test('two processes that start together over an empty database migrate once, and the link of either works', {
  timeout: 60_000,
}, async () => {
  const database = await createTestDatabase();
  await query(database.url, 'drop schema public cascade; create schema public');
  const env = {
    DATABASE_URL: database.url,
    PACT_DATA_DIR: await makeTestFolder('empty'),
    PACT_SECRET: 'one secret for both of these machines',
  };
  const both = [startMain(env), startMain(env)];
  await Promise.all(both.map((main) => main.running()));
  const migrations = await query(database.url, 'select name from kysely_migration order by name');
  expect(migrations.map(({ name }) => name)).toEqual(Object.keys(MIGRATIONS));

  const links = (await Promise.all(both.map((main) => main.find(/http\S+\/setup#token=\S+/)))).map(
    (link) => new URL(link),
  );
  const answers = await Promise.all(
    links.map((link, index) =>
      fetch(`${link.origin}/api/v1/setup`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: link.origin },
        body: JSON.stringify({
          token: link.hash.replace('#token=', ''),
          username: `office-${index}`,
          name: '社区办公室',
          password: 'curtains open at eight',
        }),
      }),
    ),
  );
  // Whoever is first; the other link is spent with it.
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 403]);
  const running = () =>
    query(database.url, 'select pid from service_process where ended_at is null order by pid');
  const pids = both.map(({ pid }) => ({ pid })).sort((one, other) => Number(one.pid) - Number(other.pid));
  expect(await running()).toEqual(pids);
  for (const main of both) expect((await main.interrupt()).code).toBe(0);
  expect(await running()).toEqual([]);
  await database.drop();
});

describe('a service with a sensor and a board', () => {
  const ranBy = (folder: string) => ({ PACT_DATA_DIR: folder, INIT_CWD: folder });

  /** `npm start` over a register of one home whose morning lasts all day, for it is now that the test runs. */
  async function startWithOneHome() {
    const folder = await makeTestFolder('home');
    const env = ranBy(folder);
    await writeFile(join(folder, 'register.csv'), REGISTER);
    const imported = await runPact(
      [
        'import',
        'register.csv',
        '--time-zone',
        zoneWhereItIsNoon(),
        '--from',
        '2026-01-01',
        '--secrets',
        'secrets.csv',
      ],
      env,
    );
    expect(imported.code, imported.stderr).toBe(0);
    const secrets = await readFile(join(folder, 'secrets.csv'), 'utf8');
    const [sensorId = '', secret = ''] =
      secrets
        .trimEnd()
        .split('\n')[1]
        ?.split(',')
        .filter((cell) => /^one-home$|^[\w-]{43}$/.test(cell.trim())) ?? [];
    const main = startMain(env);
    await main.running();
    const mqtt = new URL(await main.find(/mqtt:\S+/));
    return { main, env, folder, mqtt, sensorId, secret: secret.trim() };
  }

  test('ends within five seconds of Ctrl-C, and so do their connections', { timeout: 60_000 }, async () => {
    const { main, env, folder, mqtt, sensorId, secret } = await startWithOneHome();
    const sensor = await connectAsync(mqtt.href, {
      username: sensorId,
      password: secret,
      reconnectPeriod: 0,
    });
    await sensor.publishAsync(eventTopic(sensorId), '{"type":"opened"}', { qos: 1 });
    const sensorEnded = new Promise<void>((resolve) => sensor.once('close', () => resolve()));
    const { stdout } = await runPact(['token', 'create', 'wall', '--json'], env);
    const headers = { authorization: `Bearer ${JSON.parse(stdout).token}` };
    const board = await fetch(`${await main.find(/http:\/\/127[\d.]+:\d+/)}/api/v1/stream`, { headers });
    expect(board.status).toBe(200);
    const stream = text(board.body as ReadableStream).catch(() => 'broken off');

    const { code, afterMs } = await main.interrupt();
    expect([code, afterMs < 5_000]).toEqual([0, true]);
    await Promise.all([sensorEnded, stream]);
    expect(await programsOver(folder)).toEqual([]);
  });

  test.skipIf(!isMosquittoInstalled)(
    'takes an opening from mosquitto_pub, a client that is not ours (needs mosquitto_pub on PATH)',
    { timeout: 60_000 },
    async () => {
      const { main, env, mqtt, sensorId, secret } = await startWithOneHome();
      const stateOf = async () => {
        const { stdout, stderr } = await runPact(['today', '--json'], env);
        expect(stderr).toBe('');
        return (JSON.parse(stdout) as { homes: { code: string; state: string }[] }).homes;
      };
      await expect.poll(stateOf, { timeout: 10_000 }).toMatchObject([{ code: '01', state: 'awaiting' }]);
      const publish = (password: string) =>
        spawnSync(
          'mosquitto_pub',
          ['-h', mqtt.hostname, '-p', mqtt.port, '-u', sensorId, '-P', password, '-q', '1'].concat([
            '-V',
            'mqttv311',
            '-t',
            eventTopic(sensorId),
            '-m',
            '{"type":"opened"}',
          ]),
          { encoding: 'utf8', timeout: 10_000 },
        );
      expect(publish('another secret').status).not.toBe(0);
      expect(publish(secret)).toMatchObject({ status: 0, stderr: '' });
      await expect.poll(stateOf, { timeout: 10_000 }).toMatchObject([{ code: '01', state: 'kept' }]);
      expect((await main.interrupt()).code).toBe(0);
    },
  );
});

const REGISTER = `户号,称呼,社区,网格,楼栋,房号,姓名,红管家,红管家电话,值班,值班电话,传感器编号,传感器类型,约定时间,最早时间,星期
01,秦奶奶,示范社区,第一网格,3,201,秦桂兰,赵红梅,199 0000 0001,社区值班室,199 0000 0900,one-home,开合,23:00,00:00,每天
`;

/** By POSIX the sign says how far west it is. */
function zoneWhereItIsNoon(): string {
  const west = new Date().getUTCHours() - 12;
  return west === 0 ? 'UTC' : `Etc/GMT${west > 0 ? '+' : '-'}${Math.abs(west)}`;
}

test('a process with another key than the database’s refuses to start, and says so', async () => {
  const database = await createTestDatabase();
  const env = { DATABASE_URL: database.url, PACT_DATA_DIR: await makeTestFolder('key') };
  const one = startMain({ ...env, PACT_SECRET: 'the secret of the first machine of two' });
  await one.running();
  const another = startMain({ ...env, PACT_SECRET: 'the secret of the second machine of two' });
  const keyless = startMain(env);
  for (const main of [another, keyless]) {
    expect((await main.exited)[0]).toBe(1);
    expect(main.lines.join('\n')).toMatch(/^SECRET_MISMATCH: .*key.*\nGive every process/m);
    expect(main.lines.join('\n')).not.toContain('second machine');
  }
  const same = startMain({ ...env, PACT_SECRET: 'the secret of the first machine of two' });
  await same.running();
  for (const main of [one, same]) expect((await main.interrupt()).code).toBe(0);
  await database.drop();
});
