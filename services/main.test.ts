import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { ensureBoardBuilt } from '#platform/ensure-board-built.ts';
import { createTestDatabase } from '#platform/testing/postgres.ts';
import { makeTestFolder } from '#platform/testing/service-process.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const PORTS = { PACT_HTTP_PORT: '0', PACT_MQTT_PORT: '0' };

function startMain(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', PACT_LANGUAGE: 'en', ...PORTS, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const lines: string[] = [];
  const isRunning = Promise.withResolvers<void>();
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (line.startsWith('Curtain Pact is running')) isRunning.resolve();
  });
  return {
    lines,
    exited,
    running: Promise.race([
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
    for (const order of ['a new data folder', 'the same again'] as const) {
      for (const moment of moments) {
        const folder = order === 'a new data folder' ? await makeTestFolder(`start-${moment}`) : last;
        last = folder;
        const main = startMain({ PACT_DATA_DIR: folder });
        main.running.catch(() => undefined);
        await wait(moment);
        const { code, signal, afterMs } = await main.interrupt();
        const said = `${order}, ${moment} ms:\n${main.lines.join('\n')}`;
        // Before its first line it has opened nothing, and ends by the signal itself.
        expect([code, signal], said).toEqual(
          main.lines.includes('Stopping …') ? [0, null] : [null, 'SIGINT'],
        );
        expect(afterMs, said).toBeLessThan(5_000);
        expect(await programsOver(folder), said).toEqual([]);
        const left = await readdir(folder, { recursive: true });
        expect(
          left.filter((name) => /postmaster\.pid|\.new-|initdb/.test(name)),
          said,
        ).toEqual([]);
      }
    }
    const main = startMain({ PACT_DATA_DIR: last });
    await main.running;
    expect(main.lines.join('\n')).toMatch(/"event":"broker.listening","on":\["tcp 127\.0\.0\.1:\d+"\]/);
    expect((await main.interrupt()).code).toBe(0);
    expect(await programsOver(last)).toEqual([]);
  });
  let last = '';
});

test('a process with another key than the database’s refuses to start, and says so', async () => {
  const database = await createTestDatabase();
  const env = { DATABASE_URL: database.url, PACT_DATA_DIR: await makeTestFolder('key') };
  const one = startMain({ ...env, PACT_SECRET: 'the secret of the first machine of two' });
  await one.running;
  const another = startMain({ ...env, PACT_SECRET: 'the secret of the second machine of two' });
  const keyless = startMain(env);
  for (const main of [another, keyless]) {
    main.running.catch(() => undefined);
    expect((await main.exited)[0]).toBe(1);
    expect(main.lines.join('\n')).toMatch(/^SECRET_MISMATCH: .*key.*\nGive every process/m);
    expect(main.lines.join('\n')).not.toContain('second machine');
  }
  const same = startMain({ ...env, PACT_SECRET: 'the secret of the first machine of two' });
  await same.running;
  for (const main of [one, same]) expect((await main.interrupt()).code).toBe(0);
  await database.drop();
});
