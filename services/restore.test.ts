import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { connectAsync } from 'mqtt';
import { expect, test, vi } from 'vitest';
import { eventTopic } from '#contracts/mqtt/topics.ts';
import { loadConfig } from '#platform/config.ts';
import { createLogger } from '#platform/logger.ts';
import { makeTestFolder } from '#platform/testing/service-process.ts';
import { runPact } from './cli/testing/run-pact.ts';
import { composePact } from './main.ts';

const SAMPLE = fileURLToPath(new URL('../docs/register-sample.csv', import.meta.url));

const start = (env: Record<string, string>) =>
  composePact(loadConfig(env), { logger: createLogger('silent') });

async function run(env: Record<string, string>, ...args: string[]) {
  const ran = await runPact([...args, '--json'], env);
  return JSON.parse(ran.stdout);
}

test('a machine is lost: on another one a backup brings the register back, and its sensors are let in', {
  timeout: 120_000,
}, async () => {
  const [old, anew] = [await makeTestFolder('old'), await makeTestFolder('anew')];
  const ports = { PACT_HTTP_PORT: '0', PACT_MQTT_PORT: '0' };
  const envOf = (folder: string) => ({ ...ports, PACT_DATA_DIR: `${folder}/data`, INIT_CWD: folder });

  const before = await start(envOf(old));
  await run(envOf(old), 'import', SAMPLE, '--secrets', 'secrets.csv');
  const made = await run(envOf(old), 'backup', '--to', 'x.age');
  expect(made.error).toBeUndefined();
  // While it runs nothing takes its database from under it.
  const args = ['restore', made.file, '--key-file', `${anew}/key`];
  await writeFile(`${anew}/key`, made.recoveryKey);
  expect((await run(envOf(old), ...args, '--replace')).error.code).toBe('DATA_DIR_IN_USE');
  await before.stop();

  const restored = await run(envOf(anew), ...args);
  expect(restored).toMatchObject({ openAlerts: [], aside: null });
  const after = await start(envOf(anew));
  try {
    const secrets = (await readFile(`${old}/secrets.csv`, 'utf8')).trim().split('\n').slice(1);
    const [, username = '', password = ''] = (secrets[0] ?? '').split(',');
    const sensor = await connectAsync(after.urls.mqtt ?? '', { username, password });
    await sensor.publishAsync(eventTopic(username), JSON.stringify({ type: 'opened' }), { qos: 1 });
    await sensor.endAsync();
    expect(await after.db.selectFrom('event').select('sensor_id').execute()).toEqual([
      { sensor_id: username },
    ]);
    await vi.waitFor(
      async () => {
        const opened = await after.db.selectFrom('day_opening').select('completed_at').execute();
        expect(opened.some(({ completed_at }) => completed_at !== null)).toBe(true);
      },
      { timeout: 10_000 },
    );
  } finally {
    await after.stop();
  }
});
