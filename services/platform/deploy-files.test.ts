import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { CONFIG_KEYS, loadConfig, SERVICE_NAMES } from './config.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFile(join(ROOT, file), 'utf8');

type Composed = {
  image?: string;
  build?: string;
  read_only?: boolean;
  cap_drop?: string[];
  environment?: Record<string, string>;
  command?: string[];
  secrets?: unknown[];
  healthcheck?: unknown;
  deploy?: { replicas: number };
};
let services: Record<string, Composed>;
let secrets: Record<string, unknown>;
let folder: string;

beforeAll(async () => {
  const compose = parse(await read('docker-compose.yml'), { merge: true });
  services = compose.services as Record<string, Composed>;
  secrets = compose.secrets as Record<string, unknown>;
  folder = await mkdtemp(join(tmpdir(), 'curtain-pact-compose-'));
  await writeFile(join(folder, 'database_url'), 'postgres://pact:secret@postgres/curtain_pact\n');
  await writeFile(join(folder, 'redis_url'), 'redis://:secret@redis:6379\n');
  await writeFile(join(folder, 'pact_secret'), 'x'.repeat(40));
});
afterAll(() => rm(folder, { recursive: true }));

const ours = () => Object.entries(services).filter(([, { build }]) => build !== undefined);
/** As Compose fills in `${KEY:-default}` and `${KEY:?…}`, with the secrets where this machine has them. */
const environmentOf = ({ environment = {} }: Composed) =>
  Object.fromEntries(
    Object.entries(environment).map(([key, value]) => [
      key,
      value
        .replace(/\$\{\w+:-([^}]*)\}/g, '$1')
        .replace(/\$\{\w+:\?[^}]*\}/g, 'https://pact.example')
        .replace('/run/secrets', folder),
    ]),
  );

describe('the compose file', () => {
  test('gives each of our processes settings that it starts with, and all of them together every part', () => {
    const parts = ours().flatMap(([, service]) => loadConfig(environmentOf(service)).services);
    expect([...parts].sort()).toEqual([...SERVICE_NAMES].sort());
  });

  test('names no setting that nobody reads', () => {
    const known: readonly string[] = CONFIG_KEYS;
    const keys = ours().flatMap(([, { environment = {} }]) => Object.keys(environment));
    expect(keys.filter((key) => !known.includes(key.replace(/_FILE$/, '')))).toEqual([]);
  });

  test('runs two of each of ours, with a root that cannot be written and no rights beyond an ordinary user’s', () => {
    for (const [name, service] of ours()) {
      expect(service, name).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        deploy: { replicas: 2 },
      });
    }
  });

  test('lets Redis forget nothing', () => {
    expect(services.redis?.command?.join(' ')).toContain('--appendonly yes --maxmemory-policy noeviction');
  });

  test('gives nobody a secret that is not there, and writes none down', async () => {
    const used = Object.values(services).flatMap(({ secrets: list = [] }) =>
      list.map((secret) => (typeof secret === 'string' ? secret : (secret as { source: string }).source)),
    );
    expect(used.filter((name) => !(name in secrets))).toEqual([]);
    expect(await read('docker-compose.yml')).not.toMatch(/PASSWORD: (?!\/run)|postgres:\/\/|redis:\/\//);
  });
});

test('the door leads to processes that there are, at the ports where they listen', async () => {
  const config = await read('docs/deploy/haproxy.cfg');
  const lines = [...config.matchAll(/server-template (\w+) \d+ (\w+):(\d+)/g)];
  expect(lines.map(([, name, host, port]) => [name, host, port])).toEqual([
    ['api', 'api', '8080'],
    ['api', 'api', '8080'],
    ['broker', 'broker', '1883'],
  ]);
  expect(Object.keys(services)).toEqual(expect.arrayContaining(['api', 'broker']));
});

test('the image runs as an ordinary user, from stages that leave their tools behind', async () => {
  const stages = (await read('Dockerfile')).split(/^FROM /m).slice(1);
  const last = stages.at(-1) ?? '';
  expect(stages.length).toBeGreaterThan(1);
  expect(last).toMatch(/^USER node$/m);
  expect(last).not.toMatch(/npm ci|vite/);
  expect(last).toMatch(/^HEALTHCHECK /m);
});

test('the unit names no setting that nobody reads, and no program that there is not', async () => {
  const unit = await read('docs/deploy/systemd/curtain-pact@.service');
  const known: readonly string[] = [...CONFIG_KEYS, 'NODE_ENV'];
  const keys = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, list = '']) =>
    list.split(' ').map((pair) => pair.split('=')[0] ?? ''),
  );
  expect(keys.length).toBeGreaterThan(3);
  expect(keys.filter((key) => !known.includes(key.replace(/_FILE$/, '')))).toEqual([]);
  expect(unit).toMatch(/^ExecStart=\S+\/node --max-semi-space-size=16 services\/main\.ts$/m);
});
